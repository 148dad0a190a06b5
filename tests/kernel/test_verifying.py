"""The program in every download: it knows Ed25519 as others do, and runs where there is nothing but an old Python."""

import ast
import os
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.kernel.ed25519 import ORDER, is_signed
from portal.kinds.record.bundling import program
from portal.kinds.record.signing import public_of

# RFC 8032, section 7.1: secret, public key, message, signature
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("secret", "public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_rfc(secret, public, message, signature):
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    assert public_of(key) == public and key.sign(bytes.fromhex(message)).hex() == signature
    assert is_signed(bytes.fromhex(message), signature, public)
    assert not is_signed(bytes.fromhex(message) + b"!", signature, public)


def test_it_agrees_with_cryptography_on_what_is_signed_and_on_what_is_not():
    for n in range(12):
        key, message = Ed25519PrivateKey.generate(), os.urandom(n * 9)
        signed = bytearray(key.sign(message))
        assert is_signed(message, signed.hex(), public_of(key))
        signed[n * 5] ^= 1 << (n % 8)
        assert not is_signed(message, signed.hex(), public_of(key))


def test_a_signature_has_one_spelling_only():
    key = Ed25519PrivateKey.generate()
    signed = key.sign(b"yes")
    larger = (int.from_bytes(signed[32:], "little") + ORDER).to_bytes(32, "little")
    assert not is_signed(b"yes", (signed[:32] + larger).hex(), public_of(key))
    for wrong in ("", "zz", signed.hex()[:-2], signed.hex() + "00"):
        assert not is_signed(b"yes", wrong, public_of(key))
    for wrong in ("", "ff" * 32, "02" + "00" * 31, public_of(key)[:-2]):
        assert not is_signed(b"yes", signed.hex(), wrong)


def test_it_is_one_file_that_old_pythons_read_and_that_needs_nothing():
    tree = ast.parse(program(), feature_version=(3, 8))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {str(name).partition(".")[0] for name in imported} <= sys.stdlib_module_names
    newer = {"removeprefix", "removesuffix", "bit_count", "is_relative_to", "pairwise"}  # came after Python 3.8
    assert not newer & {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not any(isinstance(node, ast.keyword) and node.arg == "strict" for node in ast.walk(tree))


def test_it_says_what_it_is_for(tmp_path):
    (tmp_path / "verify.py").write_text(program())
    told = subprocess.run([sys.executable, "-I", "-S", tmp_path / "verify.py"], text=True, capture_output=True, check=False)
    assert told.returncode == 3 and told.stdout.startswith("UNREADABLE: ") and told.stderr == ""
