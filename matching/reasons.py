"""The words of reasons: for the seeker and for the recruiter, Chinese and English, short enough for a phone.

They say what the rules found and nothing else. Knows findings; knows no vectors and no weights.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fair.matches import Reason
from fair.vocabulary import Education, EmploymentType, Schedule
from matching.documents import Place
from matching.rules import Finding
from matching.weights import Topic
from matching.wishes import Wish
from matching.wishwords import WISHES, Words

_SCHEDULE = {
    Schedule.DAY: ("白班", "day shifts"),
    Schedule.TWO_SHIFTS: ("两班倒", "two rotating shifts"),
    Schedule.THREE_SHIFTS: ("三班倒", "three rotating shifts"),
    Schedule.NIGHT: ("夜班", "night shifts"),
    Schedule.FLEXIBLE: ("时间灵活", "flexible hours"),
}
_EDUCATION = {
    Education.NONE: ("不限", "any degree"),
    Education.JUNIOR: ("初中", "junior school"),
    Education.SENIOR: ("高中或中专", "senior school"),
    Education.COLLEGE: ("大专", "a college diploma"),
    Education.BACHELOR: ("本科", "a bachelor's degree"),
    Education.MASTER: ("硕士", "a master's degree"),
    Education.DOCTOR: ("博士", "a doctorate"),
}

_KIND = {
    EmploymentType.FULL_TIME: ("全职", "full time"),
    EmploymentType.PART_TIME: ("兼职", "part time"),
    EmploymentType.INTERN: ("实习", "an internship"),
    EmploymentType.TEMPORARY: ("临时工", "temporary work"),
}


def reason(found: Finding) -> Reason:
    """The words for a finding."""
    seeker, recruiter, seeker_en, recruiter_en = _CASES[found.topic, found.case](*found.words)
    return Reason(
        is_met=found.value >= 0,
        topic=found.topic.value,
        seeker=seeker,
        recruiter=recruiter,
        seeker_en=seeker_en,
        recruiter_en=recruiter_en,
    )


def _same_work(work: str) -> Words:
    return f"就是你想做的{work}", f"想做{work}", f"The work you want: {work}", f"Wants to work as {work}"


def _related_work(work: str) -> Words:
    return (
        f"和你想做的{work}相近",
        f"想做{work}，相近",
        f"Close to the work you want: {work}",
        f"Wants {work}, close to it",
    )


def _loose_work(work: str) -> Words:
    return f"和你想做的{work}有差别", f"想做{work}，有差别", f"Differs from the work you want: {work}", f"Wants {work}"


def _other_work(work: str) -> Words:
    return f"不是你想做的{work}", f"想做的是{work}", f"Not the work you want: {work}", f"Wants other work: {work}"


def _alike_text() -> Words:
    return "和你填的经历相近", "经历和岗位相近", "Close to what you have done", "Has done something close to it"


def _other_text() -> Words:
    return "和你填的经历不同", "经历和岗位不同", "Other than what you have done", "Has done something else"


def _distance(km: float) -> Words:
    far = _km(km)
    return f"离你 {far} 公里", f"离这里 {far} 公里", f"{far} km from you", f"{far} km away"


def _wanted_place(place: Place) -> Words:
    return f"在你想去的{place.name}", f"想来{place.name}", "In a place you want", "Wants to work in this place"


def _elsewhere(place: Place) -> Words:
    return f"在{place.name}，你没选", f"没选{place.name}", "Not in a place you want", "Wants to work elsewhere"


def _unstated_place(there: Place) -> Words:
    return (
        f"在{there.name}，没写哪个区",
        "想去的区，岗位没写",
        f"Does not say which part of {there.name}",
        "Wants a district, none stated",
    )


def _nowhere() -> Words:
    return "没写在哪里上班", "岗位没写地点", "Does not say where", "No place stated"


def _remote() -> Words:
    return "可以在家做，你要的", "想在家做", "Can be done from home, as you want", "Wants to work from home"


def _not_remote() -> Words:
    return "没写能在家做", "只想在家做", "Does not offer work from home", "Wants to work from home"


def _at_home(place: Place) -> Words:
    return f"就在你住的{place.name}", f"就住{place.name}", "In the place you live in", "Lives in this place"


def _from_home(km: float | None, place: Place) -> Words:
    if km is not None:
        return _distance(km)
    return f"在{place.name}，离你不远", "住得不远", "Not far from you", "Lives not far away"


def _far_from_home(km: float | None, place: Place) -> Words:
    if km is not None:
        far = _km(km)
        return f"离你 {far} 公里，远", f"离这里 {far} 公里，远", f"{far} km from you, far", f"{far} km away, far"
    return f"在{place.name}，离你远", "住得远", "Far from you", "Lives far away"


def _more_pay(above: float, wanted: float) -> Words:
    more, want = _yuan(above), _yuan(wanted)
    return f"工资比你想要的高 {more} 元", f"想要 {want} 元", f"Pays ¥{more} more than you want", f"Wants ¥{want}"


def _enough_pay(_above: float, wanted: float) -> Words:
    want = _yuan(wanted)
    return f"工资够你想要的 {want} 元", f"想要 {want} 元", f"Pays the ¥{want} you want", f"Wants ¥{want}"


def _pay_reaches(high: float, wanted: float) -> Words:
    top, want = _yuan(high), _yuan(wanted)
    return f"工资最高 {top} 元，够", f"想要 {want} 元", f"Pays up to ¥{top}, enough for you", f"Wants ¥{want}"


def _less_pay(missing: float, wanted: float) -> Words:
    less, want = _yuan(missing), _yuan(wanted)
    return (
        f"工资比你想要的低 {less} 元",
        f"想要 {want} 元，高了",
        f"Pays ¥{less} less than you want",
        f"Wants ¥{want}, more",
    )


def _unstated_pay(wanted: float) -> Words:
    want = _yuan(wanted)
    return f"没写工资，你要 {want} 元", f"想要 {want} 元", f"States no pay; you want ¥{want}", f"Wants ¥{want}"


def _accepted_schedule(theirs: Schedule) -> Words:
    zh, en = _SCHEDULE[theirs]
    return f"{zh}，合你的时间", f"能做{zh}", f"{en.capitalize()}, as you want", f"Accepts {en}"


def _other_schedule(theirs: Schedule, wanted: Schedule) -> Words:
    shifts = (Schedule.TWO_SHIFTS, Schedule.THREE_SHIFTS)
    theirs_zh = f"要上{_SCHEDULE[theirs][0]}"
    if theirs in shifts:
        theirs_zh = f"要{_SCHEDULE[theirs][0]}" if wanted in shifts else "要倒班"
    zh = {Schedule.FLEXIBLE: "想时间灵活", Schedule.TWO_SHIFTS: "想两班倒", Schedule.THREE_SHIFTS: "想三班倒"}.get(
        wanted, f"想做{_SCHEDULE[wanted][0]}"
    )
    en = _SCHEDULE[wanted][1]
    return f"{theirs_zh}，你{zh}", zh, f"{_SCHEDULE[theirs][1].capitalize()}; you want {en}", f"Wants {en}"


def _unstated_schedule() -> Words:
    return (
        "没写班次，你只上白班",
        "只上白班，岗位没写",
        "States no shifts; you want days",
        "Wants day shifts, none stated",
    )


def _late(ends: float, free: float) -> Words:
    end, by = _clock(ends), _clock(free)
    return f"{end} 下班，你 {by} 要走", f"{by} 前要走", f"Ends at {end}; you must leave by {by}", f"Must leave by {by}"


def _asked_kind(offered: EmploymentType) -> Words:
    zh, en = _KIND[offered]
    return f"{zh}，你想要的", f"想要{zh}", f"{en.capitalize()}, as you want", f"Wants {en}"


def _other_kind(offered: EmploymentType, wanted: EmploymentType) -> Words:
    (zh, en), (want, want_en) = _KIND[offered], _KIND[wanted]
    return f"是{zh}，你想要{want}", f"想要{want}", f"{en.capitalize()}; you want {want_en}", f"Wants {want_en}"


def _not_full(offered: EmploymentType) -> Words:
    zh, en = _KIND[offered]
    return f"是{zh}，不是全职", "没说想做" + zh, f"{en.capitalize()}, not full time", f"Did not ask for {en}"


def _granted(wish: Wish) -> Words:
    return WISHES[wish][0]


def _ruled_out(wish: Wish) -> Words:
    return WISHES[wish][1]


def _held(name: str) -> Words:
    return f"你有{name}", f"有{name}", f"You have the certificate {name}", f"Has the certificate {name}"


def _lacking(name: str) -> Words:
    return f"要{name}，你没填", f"没填{name}", f"Asks for {name}, not in your profile", f"Has not stated {name}"


def _no_experience_asked() -> Words:
    return "不要经验", "没经验，岗位不要求", "No experience needed", "No experience; none is asked for"


def _enough_experience(asked: int, have: int) -> Words:
    en = f"Asks for {_years(asked)}, you have {have}"
    return f"要 {asked} 年经验，你有 {have} 年", f"{have} 年经验", en, f"{_years(have)} of experience"


def _some_experience(asked: int, have: int) -> Words:
    en = f"Asks for {_years(asked)}, you have {have}"
    return f"要 {asked} 年经验，你有 {have} 年", f"只有 {have} 年经验", en, f"Only {_years(have)} of experience"


def _no_experience(asked: int, _have: int) -> Words:
    return f"要 {asked} 年经验", "没填经验", f"Asks for {_years(asked)} of experience", "No experience stated"


def _enough_education(asked: Education, have: Education) -> Words:
    (asked_zh, asked_en), (have_zh, have_en) = _EDUCATION[asked], _EDUCATION[have]
    return f"要{asked_zh}，你是{have_zh}", have_zh, f"Asks for {asked_en}, you have {have_en}", f"Has {have_en}"


def _less_education(asked: Education, have: Education) -> Words:
    (asked_zh, asked_en), (have_zh, have_en) = _EDUCATION[asked], _EDUCATION[have]
    return f"要{asked_zh}，你是{have_zh}", f"是{have_zh}", f"Asks for {asked_en}, you have {have_en}", f"Has {have_en}"


def _no_education(asked: Education, _have: Education) -> Words:
    asked_zh, asked_en = _EDUCATION[asked]
    return f"要{asked_zh}，你没填学历", "没填学历", f"Asks for {asked_en}, you state no degree", "States no degree"


def _little_education(asked: Education) -> Words:
    asked_zh, asked_en = _EDUCATION[asked]
    return f"要{asked_zh}，你没上过", "没上过初中", f"Asks for {asked_en}, you have less", "Did not go to junior school"


def _bed() -> Words:
    return "包住，你要住宿", "要住宿，岗位包住", "Has a dormitory, as you need", "Needs the dormitory you offer"


def _no_bed() -> Words:
    return "不包住，你要住宿", "要住宿", "Has no dormitory, you need one", "Needs a dormitory"


def _unstated_bed() -> Words:
    return "没写包住，你要住宿", "要住宿，岗位没写", "No dormitory mentioned, you need one", "Needs a dormitory"


def _useful(skill: str) -> Words:
    return f"会{skill}，这里用得上", f"会{skill}", f"Your {skill} is of use here", f"Knows {skill}"


def _supported() -> Words:
    return "扶助岗位，你想要的", "想要扶助岗位", "A supported place, as you asked", "Asked for a supported place"


_CASES: dict[tuple[Topic, str], Callable[..., Any]] = {
    (Topic.WORK, "same"): _same_work,
    (Topic.WORK, "related"): _related_work,
    (Topic.WORK, "loose"): _loose_work,
    (Topic.WORK, "other"): _other_work,
    (Topic.WORK, "alike_text"): _alike_text,
    (Topic.WORK, "other_text"): _other_text,
    (Topic.PLACE, "distance"): _distance,
    (Topic.PLACE, "wanted"): _wanted_place,
    (Topic.PLACE, "elsewhere"): _elsewhere,
    (Topic.PLACE, "unstated"): _unstated_place,
    (Topic.PLACE, "nowhere"): _nowhere,
    (Topic.PLACE, "remote"): _remote,
    (Topic.PLACE, "not_remote"): _not_remote,
    (Topic.PLACE, "home"): _at_home,
    (Topic.PLACE, "home_near"): _from_home,
    (Topic.PLACE, "home_far"): _far_from_home,
    (Topic.PAY, "more"): _more_pay,
    (Topic.PAY, "enough"): _enough_pay,
    (Topic.PAY, "reaches"): _pay_reaches,
    (Topic.PAY, "less"): _less_pay,
    (Topic.PAY, "unstated"): _unstated_pay,
    (Topic.SCHEDULE, "unstated"): _unstated_schedule,
    (Topic.SCHEDULE, "late"): _late,
    (Topic.KIND, "asked"): _asked_kind,
    (Topic.KIND, "other"): _other_kind,
    (Topic.KIND, "not_full"): _not_full,
    (Topic.WISH, "granted"): _granted,
    (Topic.WISH, "ruled_out"): _ruled_out,
    (Topic.SCHEDULE, "accepted"): _accepted_schedule,
    (Topic.SCHEDULE, "other"): _other_schedule,
    (Topic.CERTIFICATE, "held"): _held,
    (Topic.CERTIFICATE, "lacking"): _lacking,
    (Topic.EXPERIENCE, "none_asked"): _no_experience_asked,
    (Topic.EXPERIENCE, "enough"): _enough_experience,
    (Topic.EXPERIENCE, "some"): _some_experience,
    (Topic.EXPERIENCE, "nothing"): _no_experience,
    (Topic.EDUCATION, "enough"): _enough_education,
    (Topic.EDUCATION, "below"): _less_education,
    (Topic.EDUCATION, "unstated"): _no_education,
    (Topic.EDUCATION, "little"): _little_education,
    (Topic.DORMITORY, "offered"): _bed,
    (Topic.DORMITORY, "not_offered"): _no_bed,
    (Topic.DORMITORY, "unstated"): _unstated_bed,
    (Topic.SKILLS, "useful"): _useful,
    (Topic.SUPPORTED, "supported"): _supported,
}


def _km(km: float) -> str:
    return f"{km:.1f}" if km < 10 else f"{km:.0f}"


def _yuan(amount: float) -> str:
    return f"{round(amount):,}"


def _clock(hour: float) -> str:
    return f"{int(hour)}:{round(hour % 1 * 60):02d}"


def _years(count: int) -> str:
    return "1 year" if count == 1 else f"{count} years"
