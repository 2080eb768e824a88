"""Passwords that protect nobody: those on every list, those of this project's own tests, and the account's name."""

from __future__ import annotations

import unicodedata

_KNOWN = frozenset(
    [
        "12345678",
        "123456789",
        "1234567890",
        "11111111",
        "00000000",
        "87654321",
        "12341234",
        "123123123",
        "password",
        "password1",
        "password123",
        "passw0rd",
        "p@ssw0rd",
        "p@ssword",
        "qwertyui",
        "qwerty123",
        "qwertyuiop",
        "1q2w3e4r",
        "1qaz2wsx",
        "asdfghjkl",
        "iloveyou",
        "sunshine",
        "princess",
        "football",
        "baseball",
        "superman",
        "trustno1",
        "letmein1",
        "welcome1",
        "welcome123",
        "admin123",
        "administrator",
        "changeme",
        "changeme1",
        "default1",
        "test1234",
        "testtest",
        "demo1234",
        "secret123",
        "contraseña",
        "contrasena",
        "contraseña1",
        "contrasena1",
        "contraseña123",
        "contrasena123",
        "hospital",
        "hospital1",
        "hospital123",
        "clinica123",
        "doctora1",
        "medico123",
        "enfermera",
        "bienvenido",
        "bienvenida",
        "teamo123",
        "tequiero",
        "peru1234",
        "colombia",
        "venezuela",
        "ecuador1",
        "chile123",
        "argentina",
        "brasil123",
        "senha123",
        "senhasenha",
        "mudar123",
        "corridor",
        "corredor",
        "laquinuafloreceenabril",
        "trescordilleras",
        "cincoregistros",
        "dosmiradas",
    ]
)
"""What people take most in our languages; the last are ours and of our tests."""


def is_known(password: str, account: str) -> bool:
    """Whether somebody who wants in would try this one early.

    Source: OWASP ASVS 5.0, 6.2.4 and 6.2.11.
    """
    plain, named = _plain(password), _plain(account)
    of_name = bool(named) and plain.rstrip("0123456789") in {named, named * 2, named.rstrip("0123456789")}
    return of_name or plain in _LISTED or len(set(plain)) <= 1


def _plain(text: str) -> str:
    """Letters and digits alone, small and without accents."""
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(each for each in letters if each.isalnum() or each == "@")


_LISTED = frozenset(_plain(each) for each in _KNOWN)
