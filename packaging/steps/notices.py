"""Stand-in until the branch with the notices is merged."""


def write_all_notices(*_):
    return "none"
