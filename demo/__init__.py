"""A generated, fictional world of anime and viewers, written as the sources would have told it.

From the inside out: `anime` holds what is true, `sources` how AniList, Kitsu and MyAnimeList each tell it;
`people`, `viewing` and `scoring` who watched what and how they liked it; `world` all of it from one seed, and
`recordings` the files. The one rule: what is true knows nothing of how it is told, so that files and stand-in
services tell one story.
"""
