/** The first thing a newcomer can ask: one customer, in every brand at once. */
export const query = `# Press the play button. Nothing answers without a token: put one that belongs to
# the group into Headers below. "npm start" prints one for every role.
query FindCustomer($by: ProfileSearchBy!) {
  profileSearch(by: $by, first: 10) {
    edges {
      matchedOn
      node {
        id
        brand { handle }
        fullName
        identities(first: 5) { nodes { handle identifier } }
      }
    }
    pageInfo { hasNextPage endCursor }
    brandStatuses { brand { handle } state isRetryable }
  }
}
`;

/** Variables of {@link query}; the demo group has this customer. */
export const variables = JSON.stringify({ by: { email: 'mei@example.org' } }, null, 2);

/** Stands where a token belongs. */
export const placeholder = 'put-a-group-token-here';

/** Headers with a token. What stands there stays in this browser. */
export function headersFor(token: string): string {
  return JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2);
}
