/** A certificate for receiver.example, signed by itself, with its key: known to everybody, so of use in tests alone. */
export const receiverTls = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQUgEg7zU335wCAmp
9fYHHzc6u2ILGWWnaMskI1eX0a2hRANCAASRrR8RhF3rjmbHz+lPZMgoQaBuiakH
hD7AZ1v1T5GhADLWMmdA+sTQ9RFESC8/95iKetbM97CPSednIDZo3vqQ
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBcjCCARmgAwIBAgIBATAKBggqhkjOPQQDAjAbMRkwFwYDVQQDDBByZWNlaXZl
ci5leGFtcGxlMCAXDTI0MDEwMTAwMDAwMFoYDzIxMjQwMTAxMDAwMDAwWjAbMRkw
FwYDVQQDDBByZWNlaXZlci5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAEka0fEYRd645mx8/pT2TIKEGgbompB4Q+wGdb9U+RoQAy1jJnQPrE0PURREgv
P/eYinrWzPewj0nnZyA2aN76kKNMMEowGwYDVR0RBBQwEoIQcmVjZWl2ZXIuZXhh
bXBsZTAMBgNVHRMEBTADAQH/MB0GA1UdDgQWBBQ5+KHdvs2uktVfsovo4IImxXeG
DzAKBggqhkjOPQQDAgNHADBEAiBcsv5WKWrLhQrjSqGgBNwyk0A//an/JYIPJzTD
heArJgIgHQEsVoSCETdujGUr03PfHLftltxBCbgwcFY0hvyuSX4=
-----END CERTIFICATE-----
`,
} as const;
