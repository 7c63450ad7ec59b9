"""Telling: who hears of an application or a sanction, and in which message. It changes viewers, and nothing else."""

from __future__ import annotations

import msgspec

from live.audience import Audience
from live.deeds import ApplicationChanged, PersonSanctioned
from live.effects import Effect, Tell
from live.messages import ApplicationMessage, Arrived, Sanctioned, SanctionMessage


def application(audience: Audience, news: ApplicationChanged) -> list[Effect]:
    """Its seeker and the hosts of its employer hear of an application, nobody else."""
    effects: list[Effect] = []
    seeker = audience.of_account(news.seeker_id)
    hosts = audience.hosts_of(news.employer_id)
    if hosts and news.arrival is not None:
        is_in_room = news.arrival.is_in_room or seeker is not None
        arrival = msgspec.structs.replace(news.arrival, is_in_room=is_in_room)
        effects.append(Tell(hosts, Arrived(arrival)))
    elif hosts:
        effects.append(Tell(hosts, ApplicationMessage(news.application)))
    if seeker is not None:
        effects.append(Tell(tuple(seeker.connections), ApplicationMessage(news.application)))
    return effects


def sanction(audience: Audience, news: PersonSanctioned) -> list[Effect]:
    """The staff hear of every sanction, a muted person of the own one."""
    laid = news.sanction
    effects: list[Effect] = [
        Tell(audience.staff, SanctionMessage(laid.person, laid.name, laid.kind, laid.until)),
    ]
    viewer = audience.of_account(news.account_id)
    if viewer is not None and laid.kind in ("mute", "unmute"):
        viewer.is_muted, viewer.muted_until = laid.kind == "mute", laid.until
        effects.append(Tell(tuple(viewer.connections), Sanctioned(laid.kind, laid.until)))
    return effects
