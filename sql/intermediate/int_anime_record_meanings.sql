/*
What a record's titles and dates come down to when sources are compared. Titles mean the same when they
differ in case, accents of Latin letters, spaces, width and punctuation alone, or in whether a numeral is
one sign (Ⅱ, ³, ½) or written out; a title of punctuation alone means itself. Dates mean a range of days: a
season may begin a month before its quarter (AniList counts December as winter), and a broadcast by night
counts for the day before or after, so that a range reaches half a day further.

grain: one record of one source
keys: source, source_id
group: core
columns:
    source: anilist, kitsu or myanimelist
    source_id: the source's own id
    title: its title that is best for display
    title_rank: 1 is the English one, 2 romaji, 3 what the source itself shows, 4 native; null without any
    titles: every title of the record: romaji, English, native, the source's own, then synonyms
    names: what each of them means, in the same order; null where there is none
    start_low: first day the start can mean, as a Julian day
    start_high: last day the start can mean
    end_low: first day the end can mean
    end_high: last day the end can mean
*/
with titled as (
    select
        source,
        source_id,
        started,
        start_date,
        start_date_precision,
        ended,
        end_date,
        [title_english, title_romaji, title_canonical, title_native] as best_first,
        list_concat([title_romaji, title_english, title_native, title_canonical], synonyms) as titles
    from intermediate.int_anime_unioned
),

-- The marks of half-width kana are signs of their own, which become one letter with the kana before them.
widened as (
    select
        *,
        [
            nfc_normalize(translate(
                lower(title),
                '０１２３４５６７８９ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ'
                || 'ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ',
                '0123456789abcdefghijklmnopqrstuvwxyz'
                || 'ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン' || chr(12441) || chr(12442)
            )) for title in titles
        ] as wide
    from titled
),

-- Taking accents off other letters would turn ga into ka, and one letter of Russian into another. Going
-- through a title letter by letter takes long, and few need it.
spelled as (
    select
        *,
        [
            if(regexp_matches(title, '[¹²³½ⅰ-ⅹà-ɏḁ-ỹ]'), array_to_string([
                coalesce(
                    map {
                        '¹': '1', '²': '2', '³': '3', '½': '12', 'ⅰ': 'i', 'ⅱ': 'ii', 'ⅲ': 'iii', 'ⅳ': 'iv',
                        'ⅴ': 'v', 'ⅵ': 'vi', 'ⅶ': 'vii', 'ⅷ': 'viii', 'ⅸ': 'ix', 'ⅹ': 'x'
                    }[letter],
                    if(regexp_matches(letter, '\p{Latin}'), strip_accents(letter), letter)
                ) for letter in string_split(title, '')
            ], ''), title) for title in wide
        ] as plain
    from widened
)

select
    source,
    source_id,
    list_any_value(best_first) as title,
    list_position(best_first, title) as title_rank,
    titles,
    [
        coalesce(nullif(regexp_replace(plain[place], '[^\p{L}\p{N}]+', '', 'g'), ''), title)
        for title, place in titles
    ] as names,
    julian(if(start_date_precision = 'season', start_date - interval 1 month, start_date)) - 0.5 as start_low,
    julian(case start_date_precision
        when 'month' then last_day(start_date)
        when 'season' then last_day(start_date + interval 2 month)
        when 'year' then last_day(start_date + interval 11 month)
        else start_date
    end) + 0.5 as start_high,
    julian(rpad(ended, 10, '-01-01')::date) - 0.5 as end_low,
    julian(end_date) + 0.5 as end_high
from spelled
