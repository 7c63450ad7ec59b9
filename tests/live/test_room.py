"""The rules of a room: events in, effects out."""

from datetime import timedelta

import pytest

from fair.matches import Match, Reason
from live import attendance
from live.deeds import (
    AccountGone,
    ApplicationChanged,
    ApplicationsCounted,
    Changed,
    Chatted,
    KeepAttendance,
    KeepExposures,
    KeepLikes,
    MatchingChanged,
    News,
    Outcome,
    PersonSanctioned,
    VotesCounted,
)
from live.effects import Do, FitPosition, FitSeeker, Tell
from live.happenings import Asked, Pinned, Said, SessionChanged
from live.messages import ApplicationView, Arrival, SanctionView
from live.requests import Apply, Ask, Hide, Like, Mute, Say, Vote
from tests.live.core import (
    START,
    at,
    closes,
    deeds,
    enter,
    guest,
    line,
    make_room,
    pin,
    question,
    session,
    tick,
    told,
)


def apply_as(room, connection, key="k", position_id=31, *, seconds=1.0):
    """Send an application."""
    return room.receive(connection, Apply(key, position_id), now=at(seconds))


def test_welcome_is_fresh_at_first():
    """Who enters without a number gets the whole room."""
    welcome = enter(make_room(), 1)

    assert (welcome["how"], welcome["why"], welcome["seq"]) == ("fresh", "first", 0)
    assert [card["id"] for card in welcome["room"]["positions"]] == [31, 32, 41]
    assert "events" not in welcome


def test_welcome_resumes_with_what_was_missed():
    """Who returns with the epoch and a number gets the events after it and no snapshot."""
    room = make_room()
    for number in (1, 2, 3):
        room.learn([Chatted(line(number), 9)], now=at(number))

    welcome = enter(room, 1, epoch="e1", seq=1)

    assert (welcome["how"], welcome["after"], welcome["seq"]) == ("resumed", 1, 3)
    assert [event["line"]["id"] for event in welcome["events"]] == ["c2", "c3"]
    assert "room" not in welcome


@pytest.mark.parametrize(
    ("epoch", "seq", "why"), [("e0", 1, "other_epoch"), ("e1", 99, "ahead"), ("e1", -1, "ahead"), ("e1", 0, "too_old")]
)
def test_welcome_is_fresh_and_says_why(epoch, seq, why):
    """Another epoch, a number that is not there, history that is gone: a snapshot, and the reason."""
    room = make_room(events=2)
    for number in (1, 2, 3):
        room.learn([Chatted(line(number), 9)], now=at(number))

    welcome = enter(room, 1, epoch=epoch, seq=seq)

    assert (welcome["how"], welcome["why"]) == ("fresh", why)
    assert welcome["room"]["chat"]


def test_tick_follows_a_snapshot_without_a_gap():
    """Events that happened before the snapshot and were not sent yet come again with their numbers, to be skipped."""
    room = make_room()
    enter(room, 1)
    room.learn([Chatted(line(1), 9)], now=at(1))

    welcome = enter(room, 2, seconds=1)
    room.learn([Chatted(line(2), 9)], now=at(1))
    sent = tick(room, seconds=1.1)

    assert welcome["seq"] == 1
    assert (sent["after"], sent["seq"]) == (0, 2)
    assert [event["line"]["id"] for event in sent["events"]] == ["c1", "c2"]


def test_tick_is_silent_until_the_heartbeat():
    """Nothing new, nothing sent; after five seconds a sign of life."""
    room = make_room()

    assert tick(room, seconds=1) is None
    assert tick(room, seconds=5.1)["events"] == []
    assert tick(room, seconds=6) is None


def test_presence_and_likes_are_counts_in_ticks():
    """They make no event and are sent at most once a second."""
    room = make_room()
    enter(room, 1)
    enter(room, 2, guest(None), seconds=0.1)
    room.receive(1, Like(30), now=at(0.2))
    room.receive(2, Like(30), now=at(0.2))

    first, second = tick(room, seconds=1.1), tick(room, seconds=1.2)

    assert first["counts"] == {"present": 2, "likes": 60, "left_out": 0}
    assert first["events"] == []
    assert second is None


def test_likes_above_the_rate_do_not_count():
    """50 at once and 10 a second, by viewer and not by connection."""
    room = make_room()
    enter(room, 1, guest(1))
    enter(room, 2, guest(1))

    for connection in (1, 2, 1, 2):
        room.receive(connection, Like(50), now=at(1))

    assert tick(room, seconds=2)["counts"]["likes"] == 50


def test_viewer_with_two_connections_is_one():
    """Presence counts viewers; the visit ends with the last connection."""
    room = make_room()
    enter(room, 1, guest(1))
    enter(room, 2, guest(1))
    room.leave(1, now=at(1))

    assert room.audience.present == 1
    room.leave(2, now=at(2))
    assert room.audience.present == 0


def test_ninth_connection_closes_the_oldest():
    """One viewer holds at most eight."""
    room = make_room()
    for connection in range(1, 9):
        enter(room, connection, guest(1))

    effects = room.enter(9, guest(1), epoch=None, seq=None, now=at(1))

    assert closes(effects) == {1: 4007}
    assert told(effects, 9)[0]["type"] == "welcome"


def test_staff_are_not_the_audience():
    """Host and moderator are not counted as present."""
    room = make_room()
    enter(room, 1, guest(1, "host", employer_id=7))
    enter(room, 2, guest(2, "moderator"))
    enter(room, 3, guest(3))

    assert room.audience.present == 1


def test_rehearsal_lets_only_staff_in():
    """Before the start the audience is told that the room is closed."""
    room = make_room("approved")

    assert closes(room.enter(1, guest(1), epoch=None, seq=None, now=START)) == {1: 4004}
    assert enter(room, 2, guest(2, "host", employer_id=7))["room"]["session"]["status"] == "approved"


def test_request_is_done_once_and_answered_as_often_as_asked():
    """The same key while it is being done and after: one deed, the same answer for all."""
    room = make_room()
    enter(room, 1, guest(1))
    enter(room, 2, guest(1))

    (deed,) = deeds(apply_as(room, 1))
    assert apply_as(room, 2) == []
    effects = room.finish(deed, Outcome({"application": {"id": 9}}), now=at(2))
    again = apply_as(room, 1, seconds=3)

    answer = {"type": "reply", "to": "apply", "key": "k", "application": {"id": 9}}
    assert told(effects, 1) == told(effects, 2) == told(again, 1) == [answer]
    assert deeds(again) == []


def test_key_of_another_request_is_refused():
    """The same key with another body, or of another kind, does nothing."""
    room = make_room()
    enter(room, 1)
    (deed,) = deeds(apply_as(room, 1))
    room.finish(deed, Outcome({}), now=at(2))

    other_body = apply_as(room, 1, position_id=32, seconds=3)
    other_kind = room.receive(1, Say("k", "你好"), now=at(3))

    assert [told(effects, 1)[0]["code"] for effects in (other_body, other_kind)] == ["key_reused", "key_reused"]
    assert deeds(other_body) == deeds(other_kind) == []


def test_key_survives_a_broken_line():
    """Who lost the line before the answer asks again with the key and gets it, though the deed was done meanwhile."""
    room = make_room()
    enter(room, 1)
    (deed,) = deeds(apply_as(room, 1))
    room.leave(1, now=at(1.1))
    room.finish(deed, Outcome({"application": {"id": 9}}), now=at(1.2))
    enter(room, 2, guest(1), seconds=2)

    effects = apply_as(room, 2, seconds=2.1)

    assert told(effects, 2)[0]["application"] == {"id": 9}
    assert deeds(effects) == []


def test_key_is_free_again_when_nothing_was_kept():
    """`busy` says that nothing happened: the same key is done anew."""
    room = make_room()
    enter(room, 1)
    (deed,) = deeds(apply_as(room, 1))

    effects = room.finish(deed, Outcome({"retry_after_ms": 1000}, code="busy"), now=at(2))

    assert told(effects, 1)[0]["code"] == "busy"
    assert len(deeds(apply_as(room, 1, seconds=4))) == 1


def test_keys_are_forgotten_after_ten_minutes():
    """Viewers that left and whose answers are old cost nothing."""
    room = make_room()
    enter(room, 1)
    (deed,) = deeds(apply_as(room, 1))
    room.finish(deed, Outcome({}), now=at(2))
    room.leave(1, now=at(3))
    assert room.audience.by_id("a1") is not None

    room.keep_house(now=at(620))

    assert room.audience.by_id("a1") is None


def test_chat_faster_than_its_rate_is_refused_with_the_wait():
    """Three at once, then one a second."""
    room = make_room()
    enter(room, 1)

    effects = [room.receive(1, Say(f"k{number}", "你好"), now=at(1)) for number in range(4)]

    assert [len(deeds(each)) for each in effects] == [1, 1, 1, 0]
    refusal = told(effects[3], 1)[0]
    assert refusal["code"] == "rate_limited"
    assert 900 <= refusal["retry_after_ms"] <= 1001
    assert len(deeds(room.receive(1, Say("k9", "你好"), now=at(2.1)))) == 1


def test_flood_is_closed():
    """Who goes on far above the limit of all requests is put out."""
    room = make_room()
    enter(room, 1)
    codes: dict[int, int] = {}

    for _ in range(400):
        codes |= closes(room.receive(1, Like(1), now=at(1)))

    assert codes == {1: 4011}
    assert room.audience.present == 0


def test_chat_above_the_rooms_rate_is_sampled():
    """The audience's lines beyond the rate reach the staff only; the host's are always in the stream."""
    room = make_room()
    enter(room, 1)
    enter(room, 2, guest(2, "moderator"))

    effects = room.learn([Chatted(line(number), 9) for number in range(1, 61)], now=at(1))
    host = room.learn([Chatted(line(61, role="host"), 8)], now=at(1))

    events = tick(room, seconds=1.1)["events"]
    assert len(events) == 41
    assert events[-1]["line"]["id"] == "c61"
    assert [message["type"] for message in told(effects, 2)] == ["overheard"] * 20
    assert told(effects, 1) == told(host, 1) == []


def test_reply_says_whether_the_line_was_shown():
    """A sampled line is kept on record; its writer hears that it was left out."""
    room = make_room()
    enter(room, 1)
    (deed,) = deeds(room.receive(1, Say("k", "你好"), now=at(1)))
    room.learn([Chatted(line(number), 9) for number in range(1, 61)], now=at(1))

    effects = room.finish(deed, Outcome({"line": line(99)}, news=(Chatted(line(99), 1),)), now=at(1))

    assert told(effects, 1)[0]["is_shown"] is False


@pytest.mark.parametrize("request_", [Say("k", "你好"), Ask("k", "有厂车吗"), Apply("k", 31), Vote("k", 1)])
def test_visitor_without_account_only_watches(request_):
    """Everything but likes needs an account."""
    room = make_room()
    enter(room, 1, guest(None))

    effects = room.receive(1, request_, now=at(1))

    assert told(effects, 1)[0]["code"] == "sign_in"
    assert deeds(effects) == []


def test_muted_viewer_can_apply_but_not_speak():
    """A mute takes the word, nothing else; lifted, it gives it back."""
    room = make_room()
    enter(room, 1)
    enter(room, 2, guest(2, "moderator"))

    effects = room.learn([PersonSanctioned(1, SanctionView("p1", "观众1", "mute", None))], now=at(1))

    assert told(effects, 1) == [{"type": "sanctioned", "kind": "mute", "until": None}]
    assert told(effects, 2)[0]["type"] == "sanction"
    assert told(room.receive(1, Say("a", "你好"), now=at(2)), 1)[0]["code"] == "muted"
    assert told(room.receive(1, Ask("b", "有吗"), now=at(2)), 1)[0]["code"] == "muted"
    assert deeds(apply_as(room, 1, "c"))
    room.learn([PersonSanctioned(1, SanctionView("p1", "观众1", "unmute", None))], now=at(3))
    assert deeds(room.receive(1, Say("d", "你好"), now=at(4)))


def test_mute_ends_by_itself():
    """A mute until an hour is over at that hour."""
    room = make_room()
    enter(room, 1)
    room.learn([PersonSanctioned(1, SanctionView("p1", "观众1", "mute", at(60)))], now=at(1))

    assert told(room.receive(1, Say("a", "你好"), now=at(59)), 1)[0]["code"] == "muted"
    assert deeds(room.receive(1, Say("b", "你好"), now=at(61)))


def test_ban_closes_every_connection():
    """All sockets of the account are closed, and the next one too."""
    room = make_room()
    enter(room, 1, guest(1))
    enter(room, 2, guest(1))
    enter(room, 3, guest(3))

    effects = room.learn([PersonSanctioned(1, SanctionView("p1", "观众1", "ban", None))], now=at(1))

    assert closes(effects) == {1: 4003, 2: 4003}
    assert closes(room.enter(4, guest(1, is_banned=True), epoch=None, seq=None, now=at(2))) == {4: 4003}


def test_moderation_knows_people_by_their_lines():
    """A person who has said nothing here cannot be named."""
    room = make_room()
    enter(room, 1, guest(1, "moderator"))

    unknown = room.receive(1, Mute("a", "p9"), now=at(1))
    room.learn([Chatted(line(1, by="p9"), 9)], now=at(1))
    known = room.receive(1, Mute("b", "p9"), now=at(1))

    assert told(unknown, 1)[0]["code"] == "not_found"
    assert deeds(known)[0].target_id == 9
    assert deeds(room.receive(1, Hide("c", line_id="c1"), now=at(1)))


def test_sign_out_closes_its_own_sockets():
    """Of one sign-in only; a disabled account loses all."""
    room = make_room()
    enter(room, 1, guest(1, login="phone"))
    enter(room, 2, guest(1, login="desk"))

    assert closes(room.learn([AccountGone(1, "phone")], now=at(1))) == {1: 4006}
    assert closes(room.learn([AccountGone(1, "")], now=at(2))) == {2: 4006}


def test_application_is_told_to_its_seeker_and_its_employer_alone():
    """The hosts of another employer and other seekers hear nothing but the count."""
    room = make_room()
    enter(room, 1, guest(1))
    enter(room, 2, guest(2))
    enter(room, 7, guest(7, "host", employer_id=7))
    enter(room, 8, guest(8, "host", employer_id=8))
    application = ApplicationView(904, 31, "submitted", at(1))
    arrival = Arrival(904, 31, "低压电工", "小满", 86, "very", [], "submitted", at(1), False, False)

    effects = room.learn([ApplicationChanged(application, 1, 7, arrival), ApplicationsCounted({31: 1})], now=at(1))

    assert [message["type"] for message in told(effects, 1)] == ["application"]
    assert told(effects, 7)[0]["arrival"]["is_in_room"] is True
    assert told(effects, 2) == told(effects, 8) == []
    assert tick(room, seconds=1.1)["events"] == [{"kind": "applied", "position_id": 31, "applied": 1}]


def test_counts_are_told_once_a_tick():
    """Many votes and applications between two ticks make one event for each question and position."""
    room = make_room()
    room.learn([Changed(Asked(question(5)))], now=at(1))
    tick(room, seconds=1)
    for number in range(1, 9):
        room.learn([VotesCounted(5, number), ApplicationsCounted({31: number})], now=at(1.01))

    events = tick(room, seconds=1.1)["events"]

    assert events == [
        {"kind": "voted", "question_id": 5, "votes": 8},
        {"kind": "applied", "position_id": 31, "applied": 8},
    ]


def seeker(number):
    """A seeker whose matching is on."""
    return guest(number, match_state="on")


def test_entering_asks_for_the_offered_positions():
    """A seeker with matching on gets the matches of what is offered; a score below a look is not shown."""
    room = make_room()
    effects = room.enter(1, seeker(1), epoch=None, seq=None, now=START)
    assert [effect for effect in effects if isinstance(effect, FitSeeker)] == [FitSeeker(1, (31, 32, 41))]
    reasons = [Reason(True, "certificate", "你有低压电工证", "低压电工证")]

    effects = room.room.fitting.fitted_seeker(
        1, [Match(31, 1, 86, reasons), Match(32, 1, 40), Match(41, 1, 90, [], ["pay"])], now=at(1)
    )

    (message,) = told(effects, 1)
    assert message["match_state"] == "on"
    assert [(each["score"], each["band"]) for each in message["matches"]] == [(86, "very"), (None, None), (None, None)]
    assert message["matches"][0]["reasons"][0]["text"] == "你有低压电工证"


def test_matching_off_asks_nothing():
    """Who switched it off, has no profile or no account is not asked about."""
    room = make_room()
    for number, state in enumerate(("off", "no_profile", "none"), start=1):
        effects = room.enter(number, guest(number, match_state=state), epoch=None, seq=None, now=START)
        assert not [effect for effect in effects if isinstance(effect, FitSeeker)]

    assert not [
        each for each in room.learn([Changed(Pinned(pin(1, 31), None))], now=at(1)) if isinstance(each, FitPosition)
    ]


def test_pin_shows_each_seeker_the_match():
    """On a pin matching is asked for those present, and each hears the own score and no other."""
    room = make_room()
    enter(room, 1, seeker(1))
    enter(room, 2, seeker(2))
    enter(room, 3, guest(3, match_state="off"))

    (asked,) = room.learn([Changed(Pinned(pin(1, 31), None))], now=at(1))
    effects = room.room.fitting.fitted_position(asked.account_ids, [Match(31, 1, 86), Match(31, 2, 55)], now=at(1.2))

    assert asked == FitPosition(31, (1, 2))
    assert [told(effects, number)[0]["match"]["score"] for number in (1, 2)] == [86, 55]
    assert told(effects, 3) == []


def test_application_carries_the_match_last_shown():
    """Score and reasons of the screen go into the application; a score that was not shown does not."""
    room = make_room()
    enter(room, 1, seeker(1))
    room.room.fitting.fitted_seeker(
        1, [Match(31, 1, 86, [Reason(True, "pay", "够", "符合")]), Match(32, 1, 30)], now=at(1)
    )

    (shown,), (hidden,) = deeds(apply_as(room, 1, "a", 31)), deeds(apply_as(room, 1, "b", 32))

    assert (shown.score, [reason["recruiter"] for reason in shown.reasons or []]) == (86, ["符合"])
    assert hidden.score is None


def test_matching_down_is_said_once_and_mended():
    """The room goes on, says so once, and asks again when matching is back."""
    room = make_room()
    enter(room, 1, seeker(1))

    first = room.room.fitting.fitted_seeker(1, None, now=at(1))
    second = room.room.fitting.fitted_position((1,), None, now=at(2))
    retried = room.room.fitting.retry()
    back = room.room.fitting.fitted_seeker(1, [Match(31, 1, 70)], now=at(9))

    assert told(first, 1) == [{"type": "matches", "match_state": "down", "matches": []}]
    assert second == []
    assert retried == [FitSeeker(1, (31, 32, 41))]
    assert told(back, 1)[0]["match_state"] == "on"
    assert room.room.fitting.retry() == []


def test_switching_matching_off_takes_the_scores_back():
    """What was computed is forgotten at once; on again, it is asked for anew."""
    room = make_room()
    enter(room, 1, seeker(1))
    room.room.fitting.fitted_seeker(1, [Match(31, 1, 86)], now=at(1))

    off = room.learn([MatchingChanged(1, "off", 5)], now=at(2))
    late = room.room.fitting.fitted_seeker(1, [Match(31, 1, 86)], now=at(2))
    on = room.learn([MatchingChanged(1, "on", 6)], now=at(3))

    assert told(off, 1) == [{"type": "matches", "match_state": "off", "matches": []}]
    assert late == []
    assert on == [FitSeeker(1, (31, 32, 41), 6)]


def test_hosts_hear_how_many_fit_their_own_positions():
    """Counts of those present, own employer's positions only."""
    room = make_room()
    enter(room, 1, seeker(1))
    enter(room, 2, seeker(2))
    enter(room, 7, guest(7, "host", employer_id=7))
    room.room.fitting.fitted_position((1, 2), [Match(31, 1, 86), Match(31, 2, 66)], now=at(1))
    room.room.fitting.fitted_seeker(1, [Match(31, 1, 86), Match(41, 1, 86)], now=at(1))

    (message,) = [each for each in told(room.keep_house(now=at(2)), 7) if each["type"] == "fits"]

    assert {fit["position_id"]: (fit["very"], fit["fairly"]) for fit in message["fits"]} == {31: (1, 1), 32: (0, 0)}


def test_hosts_hear_of_nobody_who_left_or_switched_off():
    """Who comes back with known matches counts again; a newer score takes the place of the older."""
    room = make_room()
    enter(room, 7, guest(7, "host", employer_id=7))
    heard = []

    def hear(seconds):
        room.room.fitting.fitted_position((), [], now=at(seconds))
        (message,) = [each for each in told(room.keep_house(now=at(seconds)), 7) if each["type"] == "fits"]
        heard.append(next(tuple(fit[band] for band in ("very", "fairly", "look")) for fit in message["fits"]))

    for number in (1, 2, 3):
        enter(room, number, seeker(number))
        room.room.fitting.fitted_seeker(number, [Match(31, number, 60 + 10 * number)], now=at(1))
    apply_as(room, 1)
    hear(2)
    room.leave(1, now=at(3))
    room.leave(2, now=at(3))
    hear(3)
    enter(room, 11, seeker(1), seconds=4)
    room.room.fitting.fitted_position((3,), [Match(31, 3, 50)], now=at(4))
    hear(4)
    room.learn([MatchingChanged(3, "off", 5)], now=at(5))
    hear(5)

    assert heard == [(2, 1, 0), (1, 0, 0), (0, 1, 1), (0, 1, 0)]


def kept(effects, kind):
    """The batches of one kind."""
    return [effect.deed for effect in effects if isinstance(effect, Do) and isinstance(effect.deed, kind)]


def test_attendance_is_kept_in_batches():
    """Who came and who left since the last batch, in one deed."""
    room = make_room()
    enter(room, 1)
    enter(room, 2)
    room.leave(2, now=at(0.2))

    (batch,) = kept(room.keep_house(now=at(0.3)), KeepAttendance)

    assert {visit.viewer for visit in batch.entered} == {"a1", "a2"}
    assert batch.left == ("a2",)
    assert kept(room.keep_house(now=at(0.4)), KeepAttendance) == []


def test_likes_are_kept_as_a_sum():
    """Every few seconds, not one by one."""
    room = make_room()
    enter(room, 1)
    room.receive(1, Like(20), now=at(1))
    room.keep_house(now=at(1))
    room.receive(1, Like(7), now=at(2))

    assert kept(room.keep_house(now=at(2)), KeepLikes) == []
    assert kept(room.keep_house(now=at(4.1)), KeepLikes) == [KeepLikes(1, 7)]


def test_exposure_counts_those_present_for_a_second_of_the_pin():
    """Once a viewer and pin, with the score shown; not for staff, not before a second."""
    room = make_room()
    enter(room, 1, seeker(1))
    enter(room, 7, guest(7, "host", employer_id=7))
    room.learn([Changed(Pinned(pin(1, 31, seconds=10), None))], now=at(10))
    room.room.fitting.fitted_position((1,), [Match(31, 1, 86)], now=at(10.1))

    early = kept(room.keep_house(now=at(10.5)), KeepExposures)
    enter(room, 2, seconds=11)
    looked = kept(room.keep_house(now=at(11.6)), KeepExposures)
    room.leave(1, now=at(12))
    looked += kept(room.keep_house(now=at(12.7)), KeepExposures)
    first, second = kept(room.keep_house(now=at(14)), KeepExposures)

    assert early == looked == []
    assert (first.position_id, first.employer_id, first.viewers) == (31, 7, (("a1", 86),))
    assert second.viewers == (("a2", None),)
    assert kept(room.keep_house(now=at(16)), KeepExposures) == []


def test_exposures_of_a_crowd_are_kept_over_some_seconds(monkeypatch):
    """After the first seconds a part with each look, each viewer once; the rest when the process goes."""
    monkeypatch.setattr(attendance, "EXPOSURES_AT_ONCE", 2)
    room = make_room()
    for number in range(1, 10):
        enter(room, number)
    room.learn([Changed(Pinned(pin(1, 31, seconds=10), None))], now=at(10))

    looks = [kept(room.keep_house(now=at(seconds)), KeepExposures) for seconds in (11.6, 14, 15.1)]
    rest = kept(room.room.close_books(now=at(16)), KeepExposures)

    assert [[len(deed.viewers) for deed in each] for each in (*looks, rest)] == [[], [2, 2], [2, 2], [1]]
    assert {viewer for each in (*looks, rest) for deed in each for viewer, _ in deed.viewers} == {
        f"a{number}" for number in range(1, 10)
    }


def test_exposures_never_pile_up(monkeypatch):
    """Where one pin follows another within seconds, what is more than a bound is kept nonetheless."""
    monkeypatch.setattr(attendance, "MOST_BATCHES", 2)
    room = make_room()
    enter(room, 1)
    kept_so_far = []
    for number in range(1, 7):
        began = 8 + 2 * number
        room.learn([Changed(Pinned(pin(number, 31, seconds=began), None))], now=at(began))
        kept_so_far.append(len(kept(room.keep_house(now=at(began + 1.5)), KeepExposures)))

    assert kept_so_far == [0, 0, 2, 0, 2, 0]


def test_end_of_the_session_ends_the_visits_and_later_the_room():
    """The event tells where to go; a minute later the audience is closed."""
    room = make_room()
    enter(room, 1)
    enter(room, 7, guest(7, "host", employer_id=7))
    room.keep_house(now=at(1))

    room.learn([Changed(SessionChanged(session("ended")))], now=at(10))

    assert tick(room, seconds=10)["events"][0]["session"]["status"] == "ended"
    assert set(kept(room.keep_house(now=at(11)), KeepAttendance)[0].left) == {"a1", "a7"}
    assert told(apply_as(room, 1, seconds=12), 1)[0]["code"] == "not_live"
    assert closes(room.keep_house(now=at(71))) == {1: 4005}


def test_start_counts_those_who_were_there_for_the_rehearsal():
    """Visits begin with the session."""
    room = make_room("approved")
    enter(room, 7, guest(7, "host", employer_id=7))
    assert kept(room.keep_house(now=at(1)), KeepAttendance) == []

    room.learn([Changed(SessionChanged(session("live")))], now=at(5))

    assert [visit.viewer for visit in kept(room.keep_house(now=at(6)), KeepAttendance)[0].entered] == ["a7"]


def test_cancelled_session_closes_the_room():
    """Nobody stays."""
    room = make_room()
    enter(room, 1)

    assert closes(room.learn([Changed(SessionChanged(session("cancelled")))], now=at(1))) == {1: 4004}


def test_ticks_widen_with_the_room():
    """Cost follows viewers × ticks."""
    room = make_room()
    assert room.room.tick_ms == 100

    for connection in range(1_001):
        room.enter(connection, guest(connection + 1), epoch=None, seq=None, now=START)

    assert room.room.tick_ms == 250


@pytest.mark.parametrize(("elsewhere", "width"), [(999, 100), (1_000, 250), (10_000, 500), (50_000, 1_000)])
def test_ticks_are_as_wide_as_the_whole_room_wants(elsewhere, width):
    """Who is at other processes counts too: what a tick costs, all of them pay together."""
    room = make_room()
    enter(room, 1)

    room.room.pulse.recount(elsewhere=elsewhere, likes=0, left_out=0, own_likes=0)

    assert room.room.tick_ms == width


def test_counts_alone_are_told_less_often_in_a_large_room():
    """Ten widths pass before a tick is made for them, but any other tick tells them."""
    room = make_room()
    enter(room, 1)
    room.room.pulse.recount(elsewhere=5_000, likes=0, left_out=0, own_likes=0)
    assert tick(room, seconds=2.4) is None
    assert tick(room, seconds=2.5)["counts"]["present"] == 5_001

    room.room.pulse.recount(elsewhere=6_000, likes=0, left_out=0, own_likes=0)
    room.learn([Changed(Said(line(1)))], now=at(2.6))

    assert tick(room, seconds=2.7)["counts"]["present"] == 6_001


def test_news_without_viewers_is_told_to_nobody():
    """Facts about people who are not here have no effects."""
    room = make_room()
    news: list[News] = [
        AccountGone(1, ""),
        MatchingChanged(1, "on", 1),
        PersonSanctioned(1, SanctionView("p", "n", "ban", None)),
    ]

    effects = room.learn(news, now=START + timedelta(seconds=1))

    assert all(isinstance(effect, Tell) and not effect.connections for effect in effects)
    assert room.learn([Changed(Said(line(1)))], now=at(2)) == []
