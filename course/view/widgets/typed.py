"""Typed: numbers, octets and data as somebody types them, and what is wrong with them."""

import re

BASES = {"0x": 16, "0b": 2}
NUMBER = re.compile(r"[+-]?(0x[0-9a-f]+|0b[01]+|[0-9]+)")
LONGEST = 80  # letters: the 64 bits of 8 octets fit, with their sign and some spaces
EXAMPLES = "as 4660, as 0x1234 or as 0b1010"
SPECIAL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\\": b"\\"}
ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.?))", re.DOTALL)


def number_typed(text: str, what: str = "the number") -> tuple[int, int]:
    """The number that somebody typed, and its base: decimal, hexadecimal after 0x, binary after 0b.

    Spaces and underscores between digits are left out. Raises ValueError that says what to type; `what` names it.
    """
    plain = re.sub(r"[\s_]", "", text).lower()
    if not plain:
        raise ValueError(f"{what} is missing: write it {EXAMPLES}")
    if len(plain) > LONGEST:
        raise ValueError(f"{what} has {len(plain)} letters, more than 8 octets can hold: write a smaller one")
    if not NUMBER.fullmatch(plain):
        raise ValueError(no_number(plain, what))
    base = BASES.get(plain.lstrip("+-")[:2], 10)
    return int(plain, base), base


def no_number(text: str, what: str) -> str:
    """What is wrong with a text that is no number."""
    if re.fullmatch(r"(?!0b)[0-9a-f]+", text):
        return f"{what} is no decimal number: for a hexadecimal one, write 0x before it, as 0x{text}"
    return f"{what} cannot be “{text}”: write it {EXAMPLES}"


def number_within(text: str, least: int, most: int, what: str) -> int:
    """The number that somebody typed, if it is one of least ... most; else ValueError."""
    number, _ = number_typed(text, what)
    if not least <= number <= most:
        raise ValueError(f"{what} cannot be {number}: it goes from {least} to {most}")
    return number


def octet_typed(text: str) -> int:
    """The octet that somebody typed in two hexadecimal digits, 0 to 255; else ValueError."""
    if not re.fullmatch(r"[0-9a-fA-F]{2}", text.strip()):
        raise ValueError(f"“{text}” is no octet: write two hexadecimal digits, 00 to ff")
    return int(text, 16)


def data_typed(text: str) -> bytes:
    r"""The octets of a text, in UTF-8; \x and two digits is any octet, and \n, \r, \t and \\ are as in Python."""
    return ESCAPE.sub(unescaped, text.encode())


def unescaped(found: re.Match[bytes]) -> bytes:
    """The octet that an escape stands for."""
    digits, letter = found.groups()
    if digits is None and letter not in SPECIAL:
        raise ValueError(r"after a backslash there is x and two hexadecimal digits, n, r, t or \: \x0a, \n, \\")
    return SPECIAL[letter] if digits is None else bytes.fromhex(digits.decode())


def data_text(data: bytes) -> str:
    r"""The octets as a text that data_typed() reads: ASCII letters, and \x.. for the rest."""
    names = {b"\n": r"\n", b"\r": r"\r", b"\t": r"\t", b"\\": r"\\"}
    letters = (bytes((octet,)) for octet in data)
    return "".join(
        names.get(each) or (each.decode() if 32 <= each[0] < 127 else f"\\x{each[0]:02x}") for each in letters
    )
