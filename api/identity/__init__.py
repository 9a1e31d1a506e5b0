"""Who a caller is, from an OpenID provider's token and GA4GH visas; docs/reference/identity.md has the rules."""
