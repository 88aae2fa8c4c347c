"""GraphQL texts, as they are sent."""
