"""The words of reasons about what seekers ask of a working day: granted, and ruled out. Knows the wishes alone."""

from __future__ import annotations

from matching.wishes import Wish

Words = tuple[str, str, str, str]
"""To the seeker, to the recruiter, then both in English."""

WISHES: dict[Wish, tuple[Words, Words]] = {
    Wish.SEATED: (
        ("坐着干的，你想要", "想坐着干", "Done sitting, as you want", "Wants to work sitting"),
        ("要站要走，你想坐着", "想坐着干", "On your feet; you want to sit", "Wants to work sitting"),
    ),
    Wish.WEEKENDS: (
        ("周末休息，你想要", "想周末休息", "Weekends off, as you want", "Wants weekends off"),
        ("休得少或要加班", "想周末休息", "Few days off or overtime", "Wants weekends off"),
    ),
    Wish.NO_SELLING: (
        ("不用推销，你想要", "不想推销", "No selling, as you want", "Does not want to sell"),
        ("要推销，你不想", "不想推销", "Involves selling; you would rather not", "Does not want to sell"),
    ),
    Wish.MEALS: (
        ("管饭，你想要", "想管饭", "Meals, as you want", "Wants meals"),
        ("不管饭，你想要", "想管饭", "No meals; you want them", "Wants meals"),
    ),
    Wish.DAILY_PAY: (
        ("工资日结，你想要", "想日结", "Paid by the day, as you want", "Wants daily pay"),
        ("不日结，你想要", "想日结", "Not paid by the day", "Wants daily pay"),
    ),
    Wish.LEARNING: (
        ("有人带，你想学", "想学手艺", "You are taught, as you want", "Wants to learn"),
        ("没人带，你想学", "想学手艺", "Nobody teaches; you want to learn", "Wants to learn"),
    ),
}
"""What is granted, and what is ruled out."""
