/*
Every key there ever was leads to an anime of dim_anime, unless it is retired: who kept an old key finds what
it meant.

The history under HOME/landing/osusume/key_events is what counts: build the identities and dim_anime again.

severity: error
*/
select
    anime_key_history.anime_key,
    vw_anime_key.current_anime_key,
    vw_anime_key.state
from (select distinct anime_key_history.anime_key from main.anime_key_history) as anime_key_history
left join main.vw_anime_key on anime_key_history.anime_key = vw_anime_key.anime_key
left join main.dim_anime on vw_anime_key.current_anime_key = dim_anime.anime_key
where
    vw_anime_key.state is null
    or (vw_anime_key.state <> 'retired' and dim_anime.anime_key is null)
    or (vw_anime_key.state = 'retired' and dim_anime.anime_key is not null)
order by anime_key_history.anime_key
