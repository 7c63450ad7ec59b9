"""How templates are run: Jinja with its three most frequent steps made short.

A page calls a macro or a function some hundred times and prints two thousand values. What comes out is what Jinja's own
environment writes; `tests/web/test_rendering.py` holds the two side by side.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from types import BuiltinFunctionType, BuiltinMethodType, FunctionType
from typing import Any

from flask.templating import Environment
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

__all__ = ["PageEnvironment"]

_PLAIN = frozenset({FunctionType, BuiltinFunctionType, BuiltinMethodType})


class _PageContext(Context):
    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call without looking for what Jinja would pass in, where the kind of the called tells it."""
        kind = type(called)
        is_plain = kind in _PLAIN and not hasattr(called, "jinja_pass_arg")
        if not is_plain and kind is not Macro:
            return super().call(called, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs) if is_plain else called(self.eval_ctx, *args, **kwargs)


class _PageCode(CodeGenerator):
    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.printed(")


class PageEnvironment(Environment):
    """The environment of the site's templates."""

    context_class = _PageContext
    code_generator_class = _PageCode

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals in one dictionary: each import of a macro compares them by their names."""
        return {**self.globals, **(d or {})}

    @staticmethod
    def printed(value: Any) -> str:
        """The value as it stands in the page, escaped unless it is marked as safe."""
        kind = type(value)
        if kind is Markup:
            return value
        return str(value) if kind is int else escape(value)
