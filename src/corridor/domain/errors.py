"""The one family of errors: each says what went wrong in words that are safe to show to anyone."""

from __future__ import annotations

from dataclasses import dataclass


class CorridorError(Exception):
    """Something that was asked cannot be done; the message names no person and no drug.

    Args:
        message: safe to show to whoever asked.
        expression: FHIRPath locations the message is about, outermost first.
    """

    def __init__(self, message: str, expression: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.expression = expression


class MalformedError(CorridorError):
    """The bytes are not what they claim to be: not JSON, too deep, not UTF-8."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One of several problems that were found together.

    Attributes:
        code: FHIR issue type, such as `required` or `code-invalid` (http://hl7.org/fhir/ValueSet/issue-type).
        message: safe to show to whoever asked.
        expression: FHIRPath location.
    """

    code: str
    message: str
    expression: str


class InvalidError(CorridorError):
    """The content breaks a rule of FHIR or of a profile.

    Args:
        message: safe to show to whoever asked.
        expression: FHIRPath locations the message is about, outermost first.
        issues: every problem found, where there are several.
    """

    def __init__(self, message: str, expression: tuple[str, ...] = (), issues: tuple[Issue, ...] = ()) -> None:
        super().__init__(message, expression)
        self.issues = issues


class ProfileError(InvalidError):
    """The content is valid R4 and breaks a profile that it claims."""


class UnknownCodeError(CorridorError):
    """A code is not in the value set that is required there."""


class UnsupportedError(CorridorError):
    """What was asked for is not spoken here: a parameter, a type, a modifier."""


class NotFoundError(CorridorError):
    """Nothing is here, or nothing may be said; both look alike."""


class GoneError(CorridorError):
    """The resource was deleted.

    Args:
        version: the one that says so, or None where that is not told.
    """

    def __init__(self, message: str, expression: tuple[str, ...] = (), *, version: int | None = None) -> None:
        super().__init__(message, expression)
        self.version = version


class ConflictError(CorridorError):
    """The state of the server stands against it: a duplicate, a key used twice."""


class PreconditionError(CorridorError):
    """The version that the caller holds is not the current one."""


class UnprocessableError(CorridorError):
    """Well formed, but it cannot be carried out: a dangling reference, a broken business rule."""


class LoginError(CorridorError):
    """Nobody, or nobody known, is asking."""


class PasscodeError(CorridorError):
    """A health link asks for a passcode, and this is not it.

    Args:
        message: safe to show to whoever asked.
        expression: FHIRPath locations the message is about, outermost first.
        remaining: wrong passcodes that the link still bears in its whole life; below 0 where nobody counts them.
    """

    def __init__(
        self, message: str = "The passcode is wrong.", expression: tuple[str, ...] = (), *, remaining: int = -1
    ) -> None:
        super().__init__(message, expression)
        self.remaining = remaining


class TokenError(LoginError):
    """A system asks for an access token, or shows one, in a way that cannot be accepted.

    Args:
        message: safe to show to whoever asked.
        expression: FHIRPath locations the message is about, outermost first.
        code: OAuth's word for it (RFC 6749 section 5.2, RFC 9449 section 5).
        reason: what exactly failed, one lower-case word with hyphens, for the log alone.
    """

    def __init__(
        self,
        message: str = "The client is not known, or its proof is not valid.",
        expression: tuple[str, ...] = (),
        *,
        code: str = "invalid_client",
        reason: str = "",
    ) -> None:
        super().__init__(message, expression)
        self.code = code
        self.reason = reason


class NonceError(TokenError):
    """A proof of possession has to carry a number that this node gives out, and does not.

    Args:
        nonce: that counts now.
    """

    def __init__(self, nonce: str) -> None:
        super().__init__(
            "Sign a new proof of possession with this nonce.", code="use_dpop_nonce", reason="proof-without-nonce"
        )
        self.nonce = nonce


class SignInError(LoginError):
    """What an identity provider answered, or a browser brought back from it, does not count.

    Args:
        message: safe to show to whoever asked.
        expression: FHIRPath locations the message is about, outermost first.
        reason: what exactly failed, one lower-case word with hyphens, for the log.
    """

    def __init__(
        self, message: str = "The sign-in is not valid.", expression: tuple[str, ...] = (), *, reason: str = ""
    ) -> None:
        super().__init__(message, expression)
        self.reason = reason


class ForbiddenError(CorridorError):
    """Whoever asks may not, for reasons that the audit knows."""


class SignatureError(CorridorError):
    """A signed message is missing, altered, expired or replayed; all of them read alike from outside.

    Args:
        reason: what exactly failed, one lower-case word with hyphens, for the log alone.
    """

    def __init__(
        self, message: str = "The signature is not valid.", expression: tuple[str, ...] = (), *, reason: str = ""
    ) -> None:
        super().__init__(message, expression)
        self.reason = reason


class TooLargeError(CorridorError):
    """The body is larger than this node reads."""


class MediaTypeError(CorridorError):
    """The body is in a media type that is not spoken here."""


class NotAcceptableError(CorridorError):
    """No media type that the caller accepts is spoken here."""


class ThrottledError(CorridorError):
    """A budget is spent, or somebody may ask nothing for now; which of them is not told.

    Args:
        message: safe to show to whoever asked.
        expression: FHIRPath locations the message is about, outermost first.
        retry_seconds: after which it can be asked again.
        reason: what exactly it was, one lower-case word with hyphens, for the log alone.
    """

    def __init__(
        self,
        message: str = "No more can be asked for now. Ask again later.",
        expression: tuple[str, ...] = (),
        *,
        retry_seconds: int = 60,
        reason: str = "budget-spent",
    ) -> None:
        super().__init__(message, expression)
        self.retry_seconds = retry_seconds
        self.reason = reason


class UnavailableError(CorridorError):
    """Something that is needed does not answer now."""


class DeadlineError(CorridorError):
    """The answer did not arrive in the time that was given."""
