"""Several names in one argument."""


def comma_separated(text: str) -> list[str]:
    """The names in a text such as 'conv1, conv2', without what is empty."""
    return [name.strip() for name in text.split(',') if name.strip()]
