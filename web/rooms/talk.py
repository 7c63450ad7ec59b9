"""What is said in a room, as it is printed: chat, answers, questions, and the log of the text version."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from fair.statuses import QuestionStatus
from fair.talk import ChatMessage, Question
from web.rooms import page
from web.rooms.scene import Asked, Scene

__all__ = ["answer_shown", "log", "messages", "presets", "questions"]

LOG_SHOWN = 20


def messages(scene: Scene, *, account_id: int | None) -> list[dict[str, Any]]:
    """The last lines of chat with the answers among them, oldest first."""
    lines = [(line.sent_at, chat_shown(line, account_id=account_id)) for line in scene.chat]
    lines += [(asked.answered_at or asked.asked_at, answer_shown(asked)) for asked in scene.answers]
    return [line for _at, line in sorted(lines, key=lambda pair: pair[0])][-50:]


def questions(scene: Scene, *, can_speak: bool) -> list[dict[str, Any]]:
    """The questions, the viewer's own waiting ones first."""
    return [_question_shown(scene.session.id, each, can_speak=can_speak) for each in scene.asked]


def log(scene: Scene) -> list[dict[str, str]]:
    """The last lines as a list with hours, newest first, for the text version."""
    said = [(line.sent_at, {"who": line.name, "text": line.text}) for line in scene.chat]
    said += [
        (
            question.answered_at or question.asked_at,
            {
                "who": _("%(who)s答%(asker)s：", who=question.answerer, asker=question.name),
                "text": question.answer or _("口头答过了"),
            },
        )
        for question in scene.answers
    ]
    newest = sorted(said, key=lambda pair: pair[0], reverse=True)[:LOG_SHOWN]
    return [{"at": page.hour(at), **line} for at, line in newest]


def presets() -> list[str]:
    """Questions that are often asked, one tap each."""
    return [_("没经验能去吗"), _("几号发工资"), _("什么时候面试"), _("交不交五险")]


def chat_shown(line: ChatMessage, *, account_id: int | None) -> dict[str, Any]:
    """A line of chat."""
    is_mine = account_id is not None and line.account_id == account_id
    return {"id": f"c{line.id}", "kind": "chat", "who": line.name, "text": line.text, "mine": is_mine}


def answer_shown(question: Question) -> dict[str, Any]:
    """An answered question as it stands in the chat."""
    return {
        "id": f"q{question.id}",
        "kind": "answer",
        "who": question.answerer,
        "text": question.answer or _("口头答过了"),
        "question": _("答 %(who)s：%(text)s", who=question.name, text=question.text),
    }


def _question_shown(session_id: int, asked: Asked, *, can_speak: bool) -> dict[str, Any]:
    question = asked.question
    is_waiting = question.status == QuestionStatus.WAITING
    return {
        "id": question.id,
        "text": question.text,
        "who": question.name,
        "mine": asked.is_mine,
        "votes": question.vote_count,
        "voted": asked.is_voted,
        "answer": question.answer,
        "answered_by": question.answerer if question.status == QuestionStatus.ANSWERED else "",
        "withdraw_url": _question_url("rooms.withdraw_question", session_id, question.id)
        if asked.is_mine and is_waiting
        else "",
        "vote_url": _question_url("rooms.vote", session_id, question.id) if can_speak and is_waiting else "",
    }


def _question_url(endpoint: str, session_id: int, question_id: int) -> str:
    return url_for(endpoint, session_id=session_id, question_id=question_id)
