/** The user whom the kubeconfig stands for: as in scenarios, a member of system:masters. */
export const adminName = 'admin'
/** Its groups. */
export const adminGroups = ['system:masters'] as const
