/*
What recommendations rest on, by their place in the list: the mean share of each kind of model.
*/
select
    fact_recommendation.rank,
    count(*) as recommendations,
    round(avg(fact_recommendation.share_collaborative), 6) as collaborative,
    round(avg(fact_recommendation.share_content), 6) as content,
    round(avg(fact_recommendation.share_popularity), 6) as popularity
from main.fact_recommendation
group by fact_recommendation.rank
order by fact_recommendation.rank
