"""만드는 사람에게 알리는 잘못."""


class BuildError(ValueError):
    """노트북을 만들 수 없다. 글은 어느 셀의 무엇을 고칠지 말한다."""
