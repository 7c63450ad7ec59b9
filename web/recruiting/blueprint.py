"""The blueprint that the recruiter's pages hang on."""

from __future__ import annotations

from flask import Blueprint

__all__ = ["blueprint"]

blueprint = Blueprint("recruiting", __name__)
