/*
 * What protos/README.md says of sessions, made anew by MIT libkrb5: no line of it is shared with the library under test.
 *
 *   session_vectors check FILE
 *       Reads "name = value" lines (tests/GrpcKerberos.Protocol.Tests/Vectors/session/README.md names them) and compares every
 *       session id, MIC input and MIC with its own, opens the KRB_AP_REQ with krb5_rd_req and the KRB_AP_REPs with krb5_rd_rep.
 *       Prints "checked = COUNT", or an "error" line for each name that differs, and exits with 1.
 *   session_vectors mic ENCTYPE KEY USAGE FLAGS NUMBER MESSAGE
 *       Prints "mic = HEX", the token of RFC 4121 section 4.2.6.1; KEY and MESSAGE in hex.
 *   session_vectors id ENCTYPE KEY TICKET
 *       Prints "id = HEX".
 */
#define _POSIX_C_SOURCE 200809L
#include <krb5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_LENGTH = 16, HEADER_LENGTH = 16, FROM_ACCEPTOR = 1, ACCEPTOR_SUBKEY = 4, CALL_USAGE = 25, ANSWER_USAGE = 23 };

typedef struct { unsigned char octets[1 << 16]; size_t length; } buffer;

static krb5_context context;
static int checked, different;

static void check(const char *where, krb5_error_code code)
{
    if (code == 0)
        return;
    printf("error = %s %d %s\n", where, (int)(code - ERROR_TABLE_BASE_krb5), krb5_get_error_message(context, code));
    exit(1);
}

/* The file. */

static struct { char *name, *value; } lines[200];
static size_t line_count;

static void read_lines(const char *path)
{
    static char line[1 << 16];
    FILE *file = fopen(path, "r");
    if (!file) {
        printf("error = file 0 %s cannot be read\n", path);
        exit(1);
    }
    while (fgets(line, sizeof line, file) && line_count < sizeof lines / sizeof *lines) {
        char *value = strstr(line, " =");
        if (line[0] == '#' || !value)
            continue;
        *value = 0;
        value += 2 + strspn(value + 2, " ");
        value[strcspn(value, "\r\n")] = 0;
        lines[line_count].name = strdup(line);
        lines[line_count++].value = strdup(value);
    }
    fclose(file);
}

static const char *value_of(const char *section, const char *name)
{
    char full[80];
    snprintf(full, sizeof full, "%s%s", section, name);
    for (size_t i = 0; i < line_count; i++)
        if (!strcmp(lines[i].name, full))
            return lines[i].value;
    printf("error = %s 0 the file has no such line\n", full);
    exit(1);
}

static unsigned long long number_of(const char *section, const char *name)
{
    return strtoull(value_of(section, name), NULL, 10);
}

static buffer *from_hex(const char *text)
{
    buffer *bytes = calloc(1, sizeof *bytes);
    unsigned value;
    while (bytes->length < sizeof bytes->octets && sscanf(text + 2 * bytes->length, "%2x", &value) == 1)
        bytes->octets[bytes->length++] = (unsigned char)value;
    return bytes;
}

static buffer *octets_of(const char *section, const char *name)
{
    return from_hex(value_of(section, name));
}

/* Octets one after the other. */

static void put(buffer *to, const void *octets, size_t length)
{
    if (to->length + length > sizeof to->octets)
        exit(2);
    memcpy(to->octets + to->length, octets, length);
    to->length += length;
}

static void put_number(buffer *to, unsigned long long number, int octets)
{
    for (int i = octets - 1; i >= 0; i--) {
        unsigned char octet = (unsigned char)(number >> (8 * i));
        put(to, &octet, 1);
    }
}

static void put_part(buffer *to, int octets, const void *part, size_t length)
{
    put_number(to, length, octets);
    put(to, part, length);
}

/* The label and the octet 00 that ends it. */
static void put_label(buffer *to, const char *label)
{
    put(to, label, strlen(label) + 1);
}

static krb5_data data_of(buffer *bytes)
{
    krb5_data data = { .length = (unsigned)bytes->length, .data = (char *)bytes->octets };
    return data;
}

static void print(const char *name, const unsigned char *octets, size_t length)
{
    printf("%s = ", name);
    for (size_t i = 0; i < length; i++)
        printf("%02x", octets[i]);
    printf("\n");
}

static void compare(const char *section, const char *name, const void *octets, size_t length)
{
    buffer *expected = octets_of(section, name);
    checked++;
    if (expected->length == length && !memcmp(expected->octets, octets, length))
        return;
    printf("error = %s%s 0 libkrb5 has another one\n", section, name);
    different++;
}

static void compare_number(const char *section, const char *name, unsigned long long number)
{
    checked++;
    if (number == number_of(section, name))
        return;
    printf("error = %s%s 0 libkrb5 reads %llu\n", section, name, number);
    different++;
}

static void compare_principal(const char *name, krb5_const_principal principal)
{
    char *text;
    check("unparse", krb5_unparse_name(context, principal, &text));
    checked++;
    if (!strcmp(text, value_of("", name)))
        return;
    printf("error = %s 0 libkrb5 reads %s\n", name, text);
    different++;
}

/* Ids and MICs. */

static krb5_keyblock *key_of(krb5_enctype enctype, const char *hex)
{
    buffer *octets = from_hex(hex);
    krb5_keyblock *key;
    check("key", krb5_init_keyblock(context, enctype, octets->length, &key));
    memcpy(key->contents, octets->octets, octets->length);
    return key;
}

static buffer *make_id(const krb5_keyblock *key, const buffer *ticket)
{
    static buffer id;
    buffer *input = calloc(1, sizeof *input);
    krb5_data from, output = { 0 };
    size_t length;
    put_label(input, "grpc-kerberos-1 session");
    put(input, ticket->octets, ticket->length);
    from = data_of(input);
    check("prf length", krb5_c_prf_length(context, key->enctype, &length));
    output.length = (unsigned)length;
    output.data = malloc(length);
    check("prf", krb5_c_prf(context, key, &from, &output));
    id.length = 0;
    put(&id, output.data, ID_LENGTH);
    return &id;
}

static buffer *make_mic(const krb5_keyblock *key, int usage, int flags, unsigned long long number, const buffer *message)
{
    buffer *token = calloc(1, sizeof *token), *covered = calloc(1, sizeof *covered);
    krb5_checksum sum;
    krb5_data input;
    put_number(token, 0x0404, 2);
    put_number(token, (unsigned)flags, 1);
    put_number(token, 0xFFFFFFFFFF, 5);
    put_number(token, number, 8);
    put(covered, message->octets, message->length);
    put(covered, token->octets, HEADER_LENGTH);
    input = data_of(covered);
    check("checksum", krb5_c_make_checksum(context, 0, key, usage, &input, &sum));
    put(token, sum.contents, sum.length);
    return token;
}

/* One call of the file, its MIC and its answer's. */
static void check_call(const char *section, const krb5_keyblock *key, int owner, const char *id)
{
    buffer *input = calloc(1, sizeof *input), *mic, *part;
    unsigned long long number = number_of(section, "number");
    const char *method = value_of("", "method");
    put_label(input, "grpc-kerberos-1 call");
    put(input, octets_of("", id)->octets, ID_LENGTH);
    put_number(input, number_of(section, "t"), 8);
    put_part(input, 2, method, strlen(method));
    part = octets_of(section, "binding");
    put_part(input, 1, part->octets, part->length);
    part = octets_of(section, "ap-req");
    put_part(input, 4, part->octets, part->length);
    compare(section, "input", input->octets, input->length);
    mic = make_mic(key, CALL_USAGE, owner, number, input);
    compare(section, "mic", mic->octets, mic->length);

    input->length = 0;
    if (!strcmp(section, "skew-")) {
        put_label(input, "grpc-kerberos-1 error");
        put_part(input, 2, mic->octets, mic->length);
        put_part(input, 1, value_of(section, "error"), strlen(value_of(section, "error")));
        part = octets_of(section, "krb-error");
    } else {
        put_label(input, "grpc-kerberos-1 reply");
        put_part(input, 2, mic->octets, mic->length);
        part = octets_of(section, "ap-rep");
    }
    put_part(input, 4, part->octets, part->length);
    compare(section, "answer-input", input->octets, input->length);
    mic = make_mic(key, ANSWER_USAGE, owner | FROM_ACCEPTOR, number, input);
    compare(section, "answer-mic", mic->octets, mic->length);
}

/* Messages. */

static void check_reply(krb5_auth_context auth, const char *section, const char *subkey)
{
    krb5_data reply = data_of(octets_of(section, "ap-rep"));
    krb5_ap_rep_enc_part *part;
    check("rd_rep", krb5_rd_rep(context, auth, &reply, &part));
    compare_number("first-", "number", (unsigned)part->seq_number);
    if (!subkey != !part->subkey)
        printf("error = %sap-rep 0 libkrb5 finds %s subkey in it\n", section, part->subkey ? "a" : "no"), different++;
    else if (subkey)
        compare("", subkey, part->subkey->contents, part->subkey->length);
}

static void check_exchange(krb5_enctype enctype)
{
    unsigned long long t = number_of("first-", "t");
    krb5_data request = data_of(octets_of("first-", "ap-req"));
    krb5_keytab_entry entry = { .vno = (krb5_kvno)number_of("", "kvno"), .key = *key_of(enctype, value_of("", "service-key")) };
    krb5_keytab keytab;
    krb5_auth_context auth;
    krb5_authenticator *authenticator;
    krb5_ticket *ticket;
    krb5_flags options;
    check("service", krb5_parse_name(context, value_of("", "service"), &entry.principal));
    check("keytab", krb5_kt_resolve(context, "MEMORY:session", &keytab));
    check("keytab", krb5_kt_add_entry(context, keytab, &entry));
    check("time", krb5_set_real_time(context, (krb5_timestamp)(t / 1000000), (krb5_int32)(t % 1000000)));
    check("auth context", krb5_auth_con_init(context, &auth));
    check("flags", krb5_auth_con_setflags(context, auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE));
    check("rd_req", krb5_rd_req(context, &auth, &request, entry.principal, keytab, &options, &ticket));
    check("authenticator", krb5_auth_con_getauthenticator(context, auth, &authenticator));
    compare_principal("client", ticket->enc_part2->client);
    compare_principal("client", authenticator->client);
    compare_principal("service", ticket->server);
    compare_number("", "authtime", (unsigned)ticket->enc_part2->times.authtime);
    compare_number("", "authtime", (unsigned)ticket->enc_part2->times.starttime);
    compare_number("", "endtime", (unsigned)ticket->enc_part2->times.endtime);
    compare_number("first-", "t", (unsigned)authenticator->ctime * 1000000ULL + (unsigned)authenticator->cusec);
    compare_number("first-", "number", (unsigned)authenticator->seq_number);
    compare("", "k", authenticator->subkey->contents, authenticator->subkey->length);
    compare("", "session-key", ticket->enc_part2->session->contents, ticket->enc_part2->session->length);
    check_reply(auth, "first-", NULL);
    check_reply(auth, "prove-", "acceptor-subkey");
}

static void check_krb_error(void)
{
    krb5_data message = data_of(octets_of("skew-", "krb-error"));
    krb5_error *error;
    check("rd_error", krb5_rd_error(context, &message, &error));
    compare_principal("service", error->server);
    compare_number("skew-", "code", error->error);
    compare_number("skew-", "now", (unsigned)error->stime * 1000000ULL + (unsigned)error->susec);
}

static int check_file(const char *path)
{
    static const char *const portable[] = { "first-", "later-", "tls-", "skew-" };
    krb5_enctype enctype;
    read_lines(path);
    enctype = (krb5_enctype)number_of("", "enctype");
    krb5_keyblock *key = key_of(enctype, value_of("", "k")), *bound = key_of(enctype, value_of("", "acceptor-subkey"));
    compare("", "id", make_id(key, octets_of("", "ticket"))->octets, ID_LENGTH);
    compare("", "bound-id", make_id(bound, octets_of("", "ticket"))->octets, ID_LENGTH);
    for (size_t i = 0; i < sizeof portable / sizeof *portable; i++)
        check_call(portable[i], key, 0, "id");
    check_call("bound-", bound, ACCEPTOR_SUBKEY, "bound-id");
    check_exchange(enctype);
    check_krb_error();
    printf("checked = %d\n", checked);
    return different > 0;
}

int main(int argc, char **argv)
{
    buffer *made;
    check("init", krb5_init_context(&context));
    if (argc == 3 && !strcmp(argv[1], "check"))
        return check_file(argv[2]);
    if (argc == 8 && !strcmp(argv[1], "mic")) {
        made = make_mic(key_of(atoi(argv[2]), argv[3]), atoi(argv[4]), atoi(argv[5]), strtoull(argv[6], NULL, 10), from_hex(argv[7]));
        print("mic", made->octets, made->length);
        return 0;
    }
    if (argc == 5 && !strcmp(argv[1], "id")) {
        made = make_id(key_of(atoi(argv[2]), argv[3]), from_hex(argv[4]));
        print("id", made->octets, made->length);
        return 0;
    }
    fprintf(stderr, "session_vectors check FILE | mic ENCTYPE KEY USAGE FLAGS NUMBER MESSAGE | id ENCTYPE KEY TICKET\n");
    return 2;
}
