"""Pairs judged together are what each pair is alone, and remembered rulings are what the rules say anew."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from fair.vocabulary import Education, Schedule
from matching.calibration import calibrate
from matching.documents import PositionFacts, SeekerFacts
from matching.judging import Judging
from matching.ranking import judge, rulings
from matching.rules import RULES, Finding
from matching.rulings import Rulings, fields_read
from matching.shelves import Positions, Seekers
from matching.weights import MOST_POINTS, Topic
from matching.works import Similarity, nearest_work
from tests.matching.records import HashedTerms
from tests.matching.test_rules import ELSEWHERE, NORTH, POSITION, SEEKER, WEST_DISTRICT

WORKS = (
    "电工",
    "低压电工",
    "焊工",
    "护理员",
    "保洁员",
    "厨师",
    "仓库管理员",
    "学徒",
    "电工主管",
    "welder",
    "量子工程师",
)


def people(random, count):
    """Seekers with any of everything that rules read."""
    for number in range(1, count + 1):
        pick = random.choice
        yield replace(
            SEEKER,
            id=number,
            works=tuple(random.sample(WORKS, random.randint(0, 3))),
            home=pick([None, NORTH, ELSEWHERE]),
            places=pick([0, 1]) * (WEST_DISTRICT,),
            pay=pick([None, 4000, 6500, 9000]),
            schedules=frozenset(random.sample(["day", "night", "two_shifts"], random.randint(0, 2))),
            education=pick(list(Education)),
            experience_years=int(pick([0, 1, 5])),
            certificates=frozenset(random.sample(["低压电工证", "焊工证"], random.randint(0, 1))),
            skills=tuple(random.sample(["配电柜", "打扫"], random.randint(0, 1))),
            needs_dormitory=bool(pick([True, False])),
            hard=frozenset(random.sample(["pay", "place", "schedule"], random.randint(0, 1))),
        )


def openings(random, count):
    """Positions with any of everything that rules read."""
    for number in range(1, count + 1):
        pick = random.choice
        low = int(pick([3000, 6000, 8000]))
        yield replace(
            POSITION,
            id=number,
            works=tuple(random.sample(WORKS, random.randint(1, 2))),
            whole=str(pick(["维护配电柜", "打扫车间", "照护老人"])),
            place=pick([None, NORTH, ELSEWHERE]),
            pay_low=low,
            pay_high=low + 1500,
            schedule=pick([None, *Schedule]),
            experience_years=int(pick([0, 3])),
            certificates=frozenset(random.sample(["低压电工证", "焊工证"], random.randint(0, 1))),
            has_dormitory=bool(pick([True, False])),
        )


class Fair:
    """Two sides, all encoded but every seventh seeker and the last position."""

    def __init__(self, *, seekers, positions):
        random = Random(3)
        self.encoder = HashedTerms()
        self.calibration = calibrate(self.encoder.encode)
        memory = Rulings()
        self.positions, self.seekers = Positions(512, memory), Seekers(512, memory)
        self.judging = Judging(self.positions, self.seekers, memory, self.calibration)
        self.rows = {}
        for facts in [*people(random, seekers), *openings(random, positions)]:
            side = self.seekers if isinstance(facts, SeekerFacts) else self.positions
            is_encoded = facts.id % 7 if isinstance(facts, SeekerFacts) else facts.id != positions
            rows = self.encoder.encode([*facts.works, facts.whole]) if is_encoded else None
            side.put(facts, rows)
            self.rows[type(facts), facts.id] = rows

    def alone(self, seeker_id, position_id):
        """The judgement of one pair by itself, each rule asked anew."""
        seeker, position = self.seekers.facts[seeker_id], self.positions.facts[position_id]
        mine, theirs = self.rows[SeekerFacts, seeker_id], self.rows[PositionFacts, position_id]
        similarity = None
        if mine is not None and theirs is not None:
            names = (mine[:-1] @ theirs[:-1].T).max(axis=1)
            similarity = Similarity(names.tolist(), (mine[:-1] @ theirs[-1]).tolist(), float(mine[-1] @ theirs[-1]))
        work = nearest_work(seeker, position, similarity, self.calibration)
        return judge(seeker, position, work, rulings(seeker, position))


@pytest.fixture(scope="module")
def fair():
    """Three hundred seekers and eight positions."""
    return Fair(seekers=300, positions=8)


def essence(judged):
    """What is told of a judgement."""
    return judged.told(), round(judged.points, 4), round(judged.work.share, 5)


def test_judging_a_position_is_judging_each_seeker_alone(fair):
    """Everybody has the score, the reasons and the broken requirements that they have alone."""
    for position_id in range(1, 9):
        position = fair.positions.facts[position_id]

        judged = fair.judging.seekers(position, np.arange(1, 301), lowest_score=0)

        together = {one.seeker_id: essence(one) for one in judged}
        assert together == {number: essence(fair.alone(number, position_id)) for number in range(1, 301)}


def test_judging_a_seeker_is_judging_each_position_alone(fair):
    """Every position has the score and the reasons that it has alone."""
    for seeker_id in range(1, 60):
        judged = fair.judging.positions(fair.seekers.facts[seeker_id], list(range(1, 9)))

        assert [essence(one) for one in judged] == [essence(fair.alone(seeker_id, number)) for number in range(1, 9)]


@pytest.mark.parametrize("lowest_score", [0, 50, 65, 80])
def test_judging_leaves_out_nobody_who_reaches_the_score(fair, lowest_score):
    """Who is left out before the rules are asked could not have reached it."""
    for position_id in range(1, 9):
        position = fair.positions.facts[position_id]
        expected = {n for n in range(1, 301) if fair.alone(n, position_id).score >= lowest_score}

        judged = fair.judging.seekers(position, np.arange(1, 301), lowest_score=lowest_score)

        assert {one.seeker_id for one in judged if one.score >= lowest_score} == expected


@pytest.mark.parametrize("limit", [1, 10, 80])
def test_judging_the_best_few_finds_the_best(fair, limit):
    """With a limit the best are those of everybody, in the same order."""

    def best(judged):
        met = [one for one in judged if not one.broken]
        order = sorted(met, key=lambda one: (-one.score, -one.points, one.seeker_id))
        return [one.seeker_id for one in order[:limit]]

    for position_id in range(1, 9):
        position = fair.positions.facts[position_id]
        everybody = fair.judging.seekers(position, np.arange(1, 301), lowest_score=0)

        few = fair.judging.seekers(position, np.arange(1, 301), lowest_score=0, limit=limit)

        assert best(few) == best(everybody)


def test_rulings_know_what_every_rule_reads(fair):
    """Each rule's fields can be told from its code, so that none is asked for every pair anew."""
    for rule in RULES:
        assert fields_read(rule, 0)
        assert fields_read(rule, 1) is not None


def test_rulings_ask_a_rule_anew_whose_fields_cannot_be_told():
    """A rule that hands the seeker on as a whole is asked for each pair, and answers for each."""

    def by_number(seeker, position):
        return Finding(Topic.PAY, float(number_of(seeker)), "wanted")

    def number_of(seeker):
        return seeker.id

    memory = Rulings([by_number])
    position = replace(POSITION, place=None)
    values = []
    for number in (1, 2):
        seeker = replace(SEEKER, id=number)
        of = memory.of(seeker, position, memory.aspects(seeker), memory.aspects(position))
        values += [one.finding.value for one in of]

    assert fields_read(by_number, 0) is None
    assert values == [1.0, 2.0]


def test_rulings_ask_once_for_all_who_are_alike_and_promise_no_less_than_they_find():
    """Before a rule is asked the outlook is the best there could be; afterwards it is what the rule found."""
    asked = []

    def pay(seeker, position):
        asked.append(seeker.pay)
        return Finding(Topic.PAY, 1.0 if position.pay_high >= seeker.pay else -1.0, "wanted")

    memory = Rulings([pay])
    people = [replace(SEEKER, id=number, pay=(4000, 90_000)[number % 2]) for number in range(1, 7)]
    position = replace(POSITION, pay_low=6000, pay_high=8000)
    mine = np.array([memory.aspects(one) for one in people], dtype=np.int32)
    theirs = memory.aspects(position)

    before = memory.outlook(mine, theirs)
    learnt = [memory.learn(people, position, mine, theirs) for _ in range(2)]
    after = memory.outlook(mine, theirs)

    assert before[0].tolist() == [MOST_POINTS] * 6
    assert not before[1].any()
    assert (learnt, sorted(asked)) == ([True, False], [4000, 90_000])
    assert after[0].tolist() == [memory.of(one, position, memory.aspects(one), theirs)[0].points for one in people]
    assert after[1].tolist() == [one.pay == 90_000 for one in people]


def test_rulings_of_each_position_are_those_of_the_pairs(fair):
    """Rule by rule over many positions the same is said as pair by pair."""
    memory = Rulings()
    positions = list(fair.positions.facts.values())
    theirs = [memory.aspects(one) for one in positions]
    for seeker in list(fair.seekers.facts.values())[:20]:
        mine = memory.aspects(seeker)

        found = memory.of_each(seeker, positions, mine, theirs)

        expected = [rulings(seeker, one) for one in positions]
        assert [[one.finding for one in row] for row in found] == [[one.finding for one in row] for row in expected]
