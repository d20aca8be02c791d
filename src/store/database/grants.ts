const quoted = (role: string) => `"${role.replaceAll('"', '""')}"`

/**
 * Returns the SQL by which the role that owns the tables lets another serve them: read and write rows, and see which migrations were
 * applied, but neither make nor change a table. Run again it changes nothing; tables of later migrations are covered.
 */
export const serviceGrants = (role: string): string => `grant usage on schema public, drizzle to ${quoted(role)};
grant select, insert, update, delete on all tables in schema public to ${quoted(role)};
grant usage, select on all sequences in schema public to ${quoted(role)};
grant execute on all functions in schema public to ${quoted(role)};
grant select on all tables in schema drizzle to ${quoted(role)};
alter default privileges in schema public grant select, insert, update, delete on tables to ${quoted(role)};
alter default privileges in schema public grant usage, select on sequences to ${quoted(role)};
alter default privileges in schema public grant execute on functions to ${quoted(role)};
alter default privileges in schema drizzle grant select on tables to ${quoted(role)};
`
