"""An act: one deed in its transaction, with the actor and the session that it is done by and in."""

from __future__ import annotations

from sqlalchemy.orm import Session

from fair.accounts import Account
from fair.applications import Application
from fair.errors import NotFound, NotPermitted
from fair.events import EventKind, append
from fair.livesessions import LiveSession
from fair.permissions import Action, Actor, actor_of, require
from fair.statuses import QuestionStatus
from fair.talk import Question, move_question
from live.deeds import Deed
from live.views import People


class Refused(Exception):
    """A deed that no rule of `fair` refuses and that yet cannot be done now."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Act:
    """Loads who acts and where; raises NotPermitted for a disabled account, NotFound for an unknown session."""

    def __init__(self, db: Session, deed: Deed, people: People) -> None:
        account, live_session = db.get(Account, deed.account_id), db.get(LiveSession, deed.session_id)
        if account is None or not account.is_active:
            raise NotPermitted("the account is disabled")
        if live_session is None:
            raise NotFound("no such session")
        self.db, self.deed, self.people = db, deed, people
        self.live_session: LiveSession = live_session
        self.actor: Actor = actor_of(db, account)

    def must_be_live(self) -> None:
        """Raise Refused unless the session is on."""
        if not self.live_session.is_live:
            raise Refused("not_live")

    def question(self, question_id: int) -> Question:
        """A question of this session; raises NotFound."""
        question = self.db.get(Question, question_id)
        if question is None or question.session_id != self.live_session.id:
            raise NotFound("no such question")
        return question

    def application(self, application_id: int, action: Action) -> Application:
        """An application that the actor may act on; raises NotFound for any other, there or not."""
        application = self.db.get(Application, application_id)
        if application is None:
            raise NotFound("no such application")
        try:
            require(self.actor, action, application)
        except NotPermitted:
            raise NotFound("no such application") from None
        return application

    def move_question(self, question: Question, wanted: QuestionStatus) -> None:
        """Withdraw, hide or show a question again, and tell of it."""
        move_question(question, wanted)
        append(
            self.db,
            EventKind.QUESTION_MOVED,
            now=self.deed.at,
            session_id=self.live_session.id,
            account_id=self.deed.account_id,
            data={"question_id": question.id},
        )
