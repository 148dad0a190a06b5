"""The stories of Studio Halden's clients."""

from __future__ import annotations

from portal.demo.stories import busy, fresh, late, lindner, quiet, returning

ALL = (
    lindner.story,
    late.okafor,
    late.mori,
    late.anadolu,
    late.alnoor,
    busy.ben_thanh,
    busy.nordlicht,
    busy.bergmann,
    busy.harbour,
    quiet.moreau,
    quiet.kiosk,
    quiet.kessler,
    quiet.tiny_oak,
    quiet.wagner,
    fresh.seewald,
    returning.moewe,
)
