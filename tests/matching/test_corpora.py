"""Training pairs: what is held out stays out, and the glossary is well formed."""

import json

from matching.corpora import OWN, sources


def write_postings(folder, *, held_out):
    jobs = [
        {"job_id": "A1", "title": "焊工", "description": "负责车间钢结构焊接。要求持有焊工证，能适应两班倒。"},
        {"job_id": "A2", "title": "月嫂", "description": "照顾产妇和新生儿。要求有耐心，持有母婴护理证书。"},
    ]
    for name in ("cn_jobs_2024_2025", "cn_jobs_title_retrieval_weak"):
        (folder / name).mkdir()
    lines = (json.dumps(job, ensure_ascii=False) for job in jobs)
    (folder / "cn_jobs_2024_2025/jobs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    held = "".join(f"{job_id}\ttext\n" for job_id in held_out)
    (folder / "cn_jobs_title_retrieval_weak/corpus.tsv").write_text("docid\ttext\n" + held, "utf-8")


def test_sources_leave_held_out_postings_out(tmp_path):
    """A posting of the retrieval task's corpus gives no pair; any other does."""
    write_postings(tmp_path, held_out=["A2"])

    titles = {pair.left for pair in sources(tmp_path)["postings"]}

    assert "焊工" in titles
    assert "月嫂" not in titles


def test_sources_are_only_those_found(tmp_path):
    """An empty folder leaves the project's own glossary alone."""
    assert set(sources(tmp_path)) == OWN


def test_spans_are_words_of_the_description(tmp_path):
    """A span, without the ending of a trade, stands in the text that it is paired with."""
    folder = tmp_path / "cn_occupation_classification_2022"
    folder.mkdir()
    text = "操作烧结机等设备,将粉矿烧结造块的人员。主要工作任务:1.操作布料设备;2.控制烧结系统设备启停。"
    (folder / "occupations_2022.csv").write_text(f'minor,name,desc\n炼铁人员,粉矿烧结工,"{text}"\n', encoding="utf-8")

    spans = sources(tmp_path)["spans"]

    assert len(spans) > 2
    assert all(pair.left[:2] in pair.right for pair in spans[1:])
    assert {pair.topic for pair in spans} == {"粉矿烧结工"}
