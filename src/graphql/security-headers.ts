/**
 * Headers on every answer, as the OWASP Secure Headers Project recommends them. A constant, because working them out anew
 * costs as much per request as a small operation. Pages for browsers replace the content policy by their own.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  // Ignored by browsers over plain HTTP, so a demo on localhost is not bound to anything.
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  // Answers hold personal data; nothing in between may keep them.
  'cache-control': 'no-store',
};
