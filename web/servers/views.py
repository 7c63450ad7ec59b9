"""The live processes as who runs the fair sees them: a page that draws their figures as they change."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _

from fair.liveservers import LiveServer, name_of, servers_that_live
from fair.permissions import Action, require
from web.context import actor, db, now, settings
from web.servers.figures import Process, read_processes
from web.servers.wording import drop_words, resume_words

blueprint = Blueprint("servers", __name__)


@blueprint.get("/servers")
def index() -> str:
    """Each live process of this machine: what it holds, how late it is, what it left out; and who lives elsewhere."""
    require(actor(), Action.ADMINISTER)
    processes = read_processes(settings())
    return render_template(
        "servers/index.html",
        processes=processes,
        elsewhere=_elsewhere(),
        port=settings().live_metrics_port,
        drops=_by_kind(processes, "drops", drop_words()),
        resumes=_by_kind(processes, "resumes", resume_words()),
        page={
            "figures_url": url_for(".figures"),
            "words": {
                "process": _("进程 {n}"),
                "lost": _("网站没有应答，数字停在 {time}，正在重试"),
                "drops": drop_words(),
                "resumes": resume_words(),
            },
        },
    )


@blueprint.get("/servers/figures")
def figures() -> Response:
    """The same as JSON, for the page that is open."""
    require(actor(), Action.ADMINISTER)
    return Response(msgspec.json.encode(read_processes(settings())), mimetype="application/json")


def _elsewhere() -> list[LiveServer]:
    """Processes of other machines: their figures are read there, on loopback alone."""
    here = {name_of(settings(), number) for number in range(1, settings().live_workers + 1)}
    return [each for each in servers_that_live(db(), now=now()) if each.name not in here]


def _by_kind(processes: list[Process], name: str, words: dict[str, str]) -> list[dict[str, Any]]:
    """Counts of all processes together by kind, each in words, most first."""
    counts: Counter[str] = Counter()
    for process in processes:
        counts.update({kind: int(value) for kind, value in process.kinds(name).items()})
    return [{"kind": kind, "words": words.get(kind, kind), "count": count} for kind, count in counts.most_common()]
