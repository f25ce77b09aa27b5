"""A question is a folder, an answer is a file.

Wherever the protocol leaves a choice, the folder's ``__init__`` states the question and the signature of an answer, and
each file in it is one answer; the file's name is its name in scenarios. Nothing is registered: an answer is there when
its file is. Files whose name begins with an underscore help the answers beside them and are none themselves.

>>> answers("activation")
('after_mail', 'at_once')
>>> load("refresh", "rotate").__name__
'sim.policies.refresh.rotate'
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

_SHELF = Path(__file__).parent


@cache
def questions() -> tuple[str, ...]:
    """Every question there is, in alphabetical order."""
    return tuple(sorted(found.name for found in iter_modules([str(_SHELF)]) if found.ispkg))


@cache
def answers(question: str) -> tuple[str, ...]:
    """The names of the answers to ``question``, in alphabetical order; ``ValueError`` if nobody asks that.

    A folder of one's own counts once it has been added to the question's ``__path__``.
    """
    if question not in questions():
        raise ValueError(f"{question!r} is not a question; possible are {', '.join(questions())}")
    folders = import_module(f"sim.policies.{question}").__path__
    names = (found.name for found in iter_modules(folders))
    return tuple(sorted(name for name in names if not name.startswith("_")))


@cache
def load(question: str, answer: str | ModuleType) -> ModuleType:
    """The module of an answer, imported now if it was not before; a module of one's own is its own answer.

    ``ValueError`` says which answers are possible.
    """
    if isinstance(answer, ModuleType):
        return answer
    if answer not in answers(question):
        raise ValueError(f"{answer!r} is no answer to {question}; possible are {', '.join(answers(question))}")
    return import_module(f"sim.policies.{question}.{answer}")
