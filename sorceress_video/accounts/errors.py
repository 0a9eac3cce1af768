"""What can go wrong with an account: a code for the machine, a sentence for the person."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "bad_request": "The form could not be read. Reload the page and try again.",
    "bad_credentials": "The e-mail or the password is not right.",
    "too_many_attempts": "Too many attempts. Wait a moment, then try again.",
    "busy": "The server is busy signing people in. Try again in a few seconds.",
    "signed_out": "Sign in first.",
    "email_invalid": "This is not an e-mail address.",
    "password_short": "Use at least 8 characters.",
    "password_long": "Use at most 128 characters.",
    "password_common": "This password is one of the first that anybody would guess. Choose another one.",
    "password_like_email": "The password must not be your e-mail address.",
    "password_mismatch": "The two passwords are not the same.",
    "wrong_password": "Your present password is not right.",
    "owner_exists": "This workspace already has an owner. Sign in instead.",
    "setup_link_invalid": "This setup link is no longer good. The newest one is in the server's console.",
}


class AccountError(Exception):
    """Something that a person did with an account is refused.

    Attributes:
        code: a key of `SENTENCES`.
        sentence: one sentence that can be shown as it is.
        retry_after: seconds to wait before it makes sense to try again; 0 where waiting does not help.
    """

    def __init__(self, code: str, *, retry_after: float = 0.0) -> None:
        super().__init__(SENTENCES[code])
        self.code = code
        self.sentence = SENTENCES[code]
        self.retry_after = retry_after
