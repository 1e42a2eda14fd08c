/* What a page can do better with scripts; everything works without. */
