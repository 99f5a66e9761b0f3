"""Who: people, their professional identity, institutions, units, posts and partner clients."""
