"""What reading one key may cost, in one place. Above a bound a key is refused, unread.

Whoever may write the secret chooses what is read here, and a step has a minute on a third of a
core. Each bound is above what real tools write.
"""

# OWASP asks for 1.3 million rounds with SHA-1, the most of all; OpenSSL writes 2,048. Two million
# take 0.35 s of CPU.
# https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
MOST_DERIVATION_ROUNDS = 2_000_000
# scrypt needs 128 · N · r bytes, N · r · p times over. OWASP's strongest setting is N = 2**17,
# r = 8, p = 1: 128 MiB. OpenSSL writes N = 2**14. The function has 512 MB.
MOST_SCRYPT_BYTES = 128 * 2**20
MOST_SCRYPT_WORK = 2**21
# No cipher takes a longer key than 32 bytes; every further 20 to 64 cost all the rounds again.
LONGEST_DERIVED_KEY_BYTES = 64
# A signature takes 30 ms of CPU with 8,192 bits, and four to eight times as long with twice as
# many. Snowflake documents no maximum; 4,096 is the most that tools offer.
MOST_MODULUS_BITS = 8_192
# A file with a key and its chain of certificates has five or six. Blocks are looked for in a time
# that grows with the square of the markers.
MOST_PEM_MARKERS = 20
