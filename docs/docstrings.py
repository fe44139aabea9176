"""Docstrings, whose references and formulas are reStructuredText, as the Markdown that the pages are made of."""
import inspect
import re

import griffe
from latex2mathml.converter import convert

_FORMULA = re.compile(r'^( *)\.\. math::(.*(?:\n(?:\1 +\S.*| *(?=\n\1 )))*)', re.MULTILINE)
_INLINE_FORMULA = re.compile(r':math:`([^`]+)`')
_REFERENCE = re.compile(r':(?:class|func|meth|data|mod):`~?([^`]+)`')
_OTHERS = [(re.compile(r'\[(\d+)\]_'), r'\[\1\]'),  # a citation
           (re.compile(r'^( *)\.\. \[(\d+)\] ', re.MULTILINE), r'\1- \[\2\] '),  # what is cited
           (re.compile(r' ?::$', re.MULTILINE), ':')]  # the announcement of a block of code


class ReadableDocstrings(griffe.Extension):
    """Found by mkdocstrings under this file's name."""

    def on_object(self, *, obj: griffe.Object, **kwargs) -> None:
        if obj.docstring:
            obj.docstring.value = as_markdown(obj.docstring.value)


def as_markdown(text: str) -> str:
    """Formulas as blocks of the language `math` or, within lines, as MathML; references as code."""
    text = text.replace(r'\arg\max', r'\mathrm{argmax}')  # which latex2mathml does not know
    text = _FORMULA.sub(_block, text)
    text = _INLINE_FORMULA.sub(lambda found: convert(found[1]), text)
    for pattern, replacement in _OTHERS:
        text = pattern.sub(replacement, text)
    return _REFERENCE.sub(lambda found: f"`{found[1].rpartition('.')[2]}`", text)


def _block(found: re.Match) -> str:
    indent = found[1]
    lines = inspect.cleandoc(found[2]).splitlines()
    return '\n'.join(['', f'{indent}```math', *(f'{indent}{line}' for line in lines if line.strip()), f'{indent}```'])
