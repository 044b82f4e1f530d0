/** Whom one can be invited as: an organization has one owner, who hands it over. */
export const invitedRoles = ['developer', 'billing', 'viewer'] as const
