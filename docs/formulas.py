"""Formulas in pages, as MathML, which browsers draw without a script: fenced blocks of the language `math`."""
from latex2mathml.converter import convert


def block(source, language, css_class, options, md, **kwargs) -> str:
    """A fenced block of LaTeX, as SuperFences wants it."""
    return f'<p>{convert(source, display="block")}</p>'


def on_config(config):
    config.mdx_configs.setdefault('pymdownx.superfences', {})['custom_fences'] = [
        {'name': 'math', 'class': 'math', 'format': block}]
    return config
