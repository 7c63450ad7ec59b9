"""What is shown first is measured against judgements, and what nobody judged is told."""

from __future__ import annotations

import json
from pathlib import Path

from bench.fit import main, measured, read_run, read_verdicts

JUDGED = "profile\tjob_id\tfit\tbroken\nzhou\tcare\t9\t\nzhou\tfar\t2\tplace,pay\nzhou\tnear\t6\t\nwang\tcook\t8\t\n"
PEOPLE = ("profiles", "others", "fresh")


def test_table_is_of_the_first_ten_and_counts_what_is_missing(tmp_path):
    """A place left empty is a fit of 0, what is broken is counted by requirement, what is not judged stands apart."""
    (tmp_path / "judged.tsv").write_text(JUDGED, encoding="utf-8")
    rows = [
        "zhou\tfar\t2",
        "zhou\tcare\t1",
        "zhou\tunseen\t3",
        *(f"zhou\tlate{rank}\t{rank}" for rank in range(11, 15)),
    ]
    (tmp_path / "run.tsv").write_text("\n".join(["profile\tjob_id\trank", *rows]), encoding="utf-8")

    found = measured(read_run(tmp_path / "run.tsv"), read_verdicts(tmp_path / "judged.tsv"))

    assert (found["profiles"], found["shown"], found["unjudged"]) == (2, 7, 5)
    assert found["fit"] == round(11 / (20 - 5), 2)
    assert (found["broken"], found["broken_by"]) == (0.5, {"pay": 1, "place": 1})
    assert found["best_possible"] == round((9 + 6 + 2 + 8) / 20, 2)


def test_table_of_the_people_of_one_file_leaves_out_others(tmp_path, capsys):
    """Each file of people can be told by itself."""
    (tmp_path / "judged.tsv").write_text(JUDGED, encoding="utf-8")
    (tmp_path / "run.tsv").write_text("profile\tjob_id\trank\nzhou\tcare\t1\nwang\tcook\t1\n", encoding="utf-8")
    (tmp_path / "people.jsonl").write_text('{"id": "wang"}\n', encoding="utf-8")
    files = [f"{tmp_path}/run.tsv", "--judged", f"{tmp_path}/judged.tsv"]

    main(["table", *files, "--profiles", f"{tmp_path}/people.jsonl"])

    told = json.loads(capsys.readouterr().out)["run"]
    assert (told["profiles"], told["shown"], told["best_possible"]) == (1, 1, 0.8)


def test_words_alone_rank_what_says_most_of_the_profile(tmp_path, capsys):
    """Both plain searches put the posting of the wanted work first."""
    jobs = [{"job_id": "cook", "title": "厨师", "description": "炒菜"}, {"job_id": "care", "title": "养老护理员"}]
    profile = {"id": "zhou", "wanted_work": ["护理员"], "text": "想做护理"}
    (tmp_path / "jobs.jsonl").write_text("\n".join(json.dumps(job) for job in jobs * 2), encoding="utf-8")
    (tmp_path / "profiles.jsonl").write_text(json.dumps(profile), encoding="utf-8")

    for way in ("bm25", "tfidf"):
        files = ["--postings", f"{tmp_path}/jobs.jsonl", "--profiles", f"{tmp_path}/profiles.jsonl"]
        main(["rank", *files, "--by", way, "--out", f"{tmp_path}/{way}.tsv"])

        assert read_run(tmp_path / f"{way}.tsv")["zhou"][0] == "care"


def test_committed_judgements_are_whole():
    """Every verdict is 0 to 10, names requirements that profiles call hard, and is of a profile that exists."""
    verdicts = read_verdicts()
    lines = [line for name in PEOPLE for line in Path(f"bench/{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    profiles = {profile["id"]: profile for profile in map(json.loads, lines)}

    assert len(verdicts) > 1_000
    assert len(profiles) == len(lines)
    assert {profile for profile, _ in verdicts} == set(profiles)
    for (profile, _), verdict in verdicts.items():
        assert 0 <= verdict.fit <= 10
        assert set(verdict.broken) <= set(profiles[profile]["hard"])
