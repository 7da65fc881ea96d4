"""Seeds and streams, records, packs, palettes, errors: what every other room builds on."""
