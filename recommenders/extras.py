"""The optional parts of the installation, such as `ml` and `embed`, and how one of them is added."""


def installing(extra: str) -> str:
    """What to type in the project's directory, whatever was installed before.

    The installation stays an editable one: as a copy it would be without the files at the project's root, which the
    pipeline reads, and without every later change. And it gets the versions that are tested.
    """
    return f".venv/bin/pip install -c constraints.txt -e '.[{extra}]'"
