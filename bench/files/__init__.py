"""Files for real, measured: our own way beside nginx, a bare page, other tools and a raw bucket. Run: `make bench-files`."""
