"""What can go wrong in the store, by name; the words for it are chosen where it is told."""


class StoreError(Exception):
    """A rule of the store was not met; nothing was changed."""


class NewerDatabase(StoreError):
    """The database was written by a newer version of Barev."""


class NotFound(StoreError):
    """What was asked for does not exist, or is not the asker's: the two are told alike."""


class TooManyTries(StoreError):
    """Guessed too often in this window."""


class NotEnoughPoints(StoreError):
    """The account has fewer points than were asked for."""

    def __init__(self, balance: int, wanted: int) -> None:
        super().__init__(f"{wanted} points wanted, {balance} there")
        self.balance = balance
        self.wanted = wanted


class RequestConflict(StoreError):
    """The same idempotency key was used before for something else."""


class AlreadyResolved(StoreError):
    """A hold or pending row has been ended before, in another way."""


class AlreadyTaken(StoreError):
    """A colleague has the conversation: `by` is their name."""

    def __init__(self, by: str) -> None:
        super().__init__(f"taken by {by}")
        self.by = by


class NotYours(StoreError):
    """Only who has taken the conversation may do this."""


class SignedOut(StoreError):
    """The session of who does it has ended."""


class AlreadyRated(StoreError):
    """The order has its rating: one is all it gets."""


class AlreadyThere(StoreError):
    """What was to be made new is there already."""


class WeakPassword(StoreError):
    """A password that others would guess."""
