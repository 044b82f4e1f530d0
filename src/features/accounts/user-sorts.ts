/** What lists of users can be sorted by. */
export const userSorts = ['email', 'name', 'plan', 'status', 'created_at', 'last_login_at'] as const
export type UserSort = (typeof userSorts)[number]
