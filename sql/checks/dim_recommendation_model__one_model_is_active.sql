/*
Exactly one model version is active as soon as any could be evaluated, and never are two.

`osusume models list` shows them. The active one is chosen when models are evaluated: run train_models.

severity: error
*/
with counted as (
    select
        count(*) filter (where dim_recommendation_model.is_active) as active,
        count(*) filter (where dim_recommendation_model.metrics is not null) as evaluated
    from main.dim_recommendation_model
)

select *
from counted
where
    counted.active > 1
    or (counted.evaluated > 0 and counted.active <> 1)
