"""Pictures of what stands in the warehouse, and the HTML report made of them; it knows numbers, no database."""
