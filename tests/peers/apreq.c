/*
 * Raw AP-REQ and AP-REP messages, made and judged by MIT libkrb5: the foreign half of the interoperability tests.
 *
 *   apreq mk SERVICE [subkey] [mutual] [sequence]
 *       AP-REQ for SERVICE with a ticket of KRB5CCNAME. With "mutual" it then reads one line, the AP-REP, and judges it.
 *   apreq rd [subkey] [once]
 *       Reads one line, an AP-REQ, and accepts it with KRB5_KTNAME; makes the AP-REP when the client asked for one.
 *       "subkey": with a subkey of its own (else MIT repeats the client's). "once": with the replay cache of KRB5RCACHEDIR.
 *   apreq record SERVICE
 *       All that is needed to replay exchanges without a KDC, the service key of KRB5_KTNAME too: an AP-REQ with a subkey and a
 *       sequence number and two answers to it, the second with the acceptor's own subkey; and one "bare" of both with its answer.
 *
 * Output: lines "name = value"; bytes in hex, numbers in decimal, a name as text. Input: one line of hex.
 * Failure: "error = WHERE CODE TEXT", where CODE counts from ERROR_TABLE_BASE_krb5 (below 128 it is RFC 4120's), and exit 1.
 */
#include <krb5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static krb5_context context;

static void check(const char *where, krb5_error_code code)
{
    if (code == 0)
        return;
    const char *text = krb5_get_error_message(context, code);
    printf("error = %s %d %s\n", where, (int)(code - ERROR_TABLE_BASE_krb5), text);
    exit(1);
}

/* "a" and "b" in one name; good until the next call. */
static const char *joined(const char *a, const char *b)
{
    static char name[80];
    snprintf(name, sizeof name, "%s%s", a, b);
    return name;
}

static void print_bytes(const char *name, const void *bytes, size_t length)
{
    printf("%s = ", name);
    for (size_t i = 0; i < length; i++)
        printf("%02x", ((const unsigned char *)bytes)[i]);
    printf("\n");
    fflush(stdout);
}

static void print_number(const char *name, long long value)
{
    printf("%s = %lld\n", name, value);
}

/* A krb5_timestamp is 32 bits, unsigned in meaning (it goes on after 2038), and signed in type. */
static void print_time(const char *name, krb5_timestamp value)
{
    print_number(name, (unsigned int)value);
}

static void print_key(const char *name, const krb5_keyblock *key)
{
    char etype[96];
    snprintf(etype, sizeof etype, "%s-etype", name);
    print_number(etype, key ? key->enctype : 0);
    if (key)
        print_bytes(name, key->contents, key->length);
}

static krb5_data read_hex_line(void)
{
    static char line[1 << 20];
    krb5_data data = { 0 };
    if (!fgets(line, sizeof line, stdin)) {
        printf("error = stdin 0 a line of hex was expected\n");
        exit(2);
    }
    data.length = strcspn(line, "\r\n") / 2;
    data.data = malloc(data.length + 1);
    for (unsigned i = 0; i < data.length; i++) {
        unsigned value;
        if (sscanf(line + 2 * i, "%2x", &value) != 1) {
            printf("error = stdin 0 not hex\n");
            exit(2);
        }
        data.data[i] = (char)value;
    }
    return data;
}

static int asked(int argc, char **argv, const char *option)
{
    for (int i = 2; i < argc; i++)
        if (!strcmp(argv[i], option))
            return 1;
    return 0;
}

static krb5_creds *ticket_for(const char *service)
{
    krb5_ccache cache;
    krb5_creds wanted = { 0 }, *found;
    check("cache", krb5_cc_default(context, &cache));
    check("client", krb5_cc_get_principal(context, cache, &wanted.client));
    check("service", krb5_parse_name(context, service, &wanted.server));
    check("ticket", krb5_get_credentials(context, 0, cache, &wanted, &found));
    return found;
}

static krb5_auth_context new_auth(krb5_int32 flags)
{
    krb5_auth_context auth = NULL;
    check("auth context", krb5_auth_con_init(context, &auth));
    check("flags", krb5_auth_con_setflags(context, auth, flags));
    return auth;
}

/* What the authenticator's clock said is not to be had on this side: libkrb5 keeps it to itself until the AP-REP is judged. */
static krb5_auth_context make_request(krb5_creds *ticket, krb5_flags options, int sequence, krb5_data *request)
{
    krb5_auth_context auth = new_auth(sequence ? KRB5_AUTH_CONTEXT_DO_SEQUENCE : 0);
    krb5_int32 number = 0;
    krb5_keyblock *subkey = NULL;
    check("mk_req", krb5_mk_req_extended(context, &auth, options, NULL, ticket, request));
    check("sequence", krb5_auth_con_getlocalseqnumber(context, auth, &number));
    check("subkey", krb5_auth_con_getsendsubkey(context, auth, &subkey));
    print_number("sequence", sequence ? (unsigned int)number : 0);
    print_key("subkey", subkey);
    print_bytes("ap-req", request->data, request->length);
    return auth;
}

static krb5_auth_context accept_request(krb5_data *request, krb5_int32 flags, krb5_flags *options, krb5_ticket **ticket)
{
    krb5_auth_context auth = new_auth(flags);
    krb5_keytab keytab;
    check("keytab", krb5_kt_default(context, &keytab));
    check("rd_req", krb5_rd_req(context, &auth, request, NULL, keytab, options, ticket));
    return auth;
}

static void print_principal(const char *name, krb5_const_principal principal)
{
    char *text;
    check("unparse", krb5_unparse_name(context, principal, &text));
    printf("%s = %s\n", name, text);
}

static void print_ticket(const krb5_ticket *ticket)
{
    const krb5_enc_tkt_part *inner = ticket->enc_part2;
    print_principal("service", ticket->server);
    print_principal("client", inner->client);
    print_number("ticket-etype", ticket->enc_part.enctype);
    print_number("kvno", ticket->enc_part.kvno);
    print_number("ticket-flags", (unsigned int)inner->flags);
    print_time("authtime", inner->times.authtime);
    print_time("starttime", inner->times.starttime);
    print_time("endtime", inner->times.endtime);
    print_time("renew-till", inner->times.renew_till);
}

static void print_authenticator(krb5_auth_context auth, const char *prefix)
{
    krb5_authenticator *received;
    check("authenticator", krb5_auth_con_getauthenticator(context, auth, &received));
    print_time(joined(prefix, "ctime"), received->ctime);
    print_number(joined(prefix, "cusec"), received->cusec);
    print_number(joined(prefix, "sequence"), (unsigned int)received->seq_number);
    print_key(joined(prefix, "subkey"), received->subkey);
}

static void make_reply(krb5_auth_context auth, const char *name)
{
    krb5_data reply = { 0 };
    krb5_int32 number = 0;
    krb5_keyblock *subkey = NULL;
    check("mk_rep", krb5_mk_rep(context, auth, &reply));
    check("sequence", krb5_auth_con_getlocalseqnumber(context, auth, &number));
    check("subkey", krb5_auth_con_getsendsubkey(context, auth, &subkey));
    print_bytes(name, reply.data, reply.length);
    print_number(joined(name, "-sequence"), (unsigned int)number);
    print_key(joined(name, "-subkey"), subkey);
}

static void make(int argc, char **argv)
{
    krb5_flags options = 0;
    krb5_data request = { 0 };
    if (asked(argc, argv, "subkey"))
        options |= AP_OPTS_USE_SUBKEY;
    if (asked(argc, argv, "mutual"))
        options |= AP_OPTS_MUTUAL_REQUIRED;
    krb5_auth_context auth = make_request(ticket_for(argv[2]), options, asked(argc, argv, "sequence"), &request);
    if (!(options & AP_OPTS_MUTUAL_REQUIRED))
        return;
    krb5_data reply = read_hex_line();
    krb5_ap_rep_enc_part *part;
    check("rd_rep", krb5_rd_rep(context, auth, &reply, &part));
    print_time("ap-rep-ctime", part->ctime);
    print_number("ap-rep-cusec", part->cusec);
    print_number("ap-rep-sequence", (unsigned int)part->seq_number);
    print_key("ap-rep-subkey", part->subkey);
}

static void read_request(int argc, char **argv)
{
    /* rd_req keeps a replay cache only where the auth context has DO_TIME. */
    krb5_int32 flags = KRB5_AUTH_CONTEXT_DO_SEQUENCE;
    krb5_data request = read_hex_line();
    krb5_flags options = 0;
    krb5_ticket *ticket;
    if (asked(argc, argv, "once"))
        flags |= KRB5_AUTH_CONTEXT_DO_TIME;
    if (asked(argc, argv, "subkey"))
        flags |= KRB5_AUTH_CONTEXT_USE_SUBKEY;
    krb5_auth_context auth = accept_request(&request, flags, &options, &ticket);
    print_ticket(ticket);
    print_key("session-key", ticket->enc_part2->session);
    print_authenticator(auth, "");
    print_number("mutual", !!(options & AP_OPTS_MUTUAL_REQUIRED));
    if (options & AP_OPTS_MUTUAL_REQUIRED)
        make_reply(auth, "ap-rep");
}

static void print_service_key(const krb5_ticket *ticket)
{
    krb5_keytab keytab;
    krb5_keytab_entry entry;
    check("keytab", krb5_kt_default(context, &keytab));
    check("service key", krb5_kt_get_entry(context, keytab, ticket->server, ticket->enc_part.kvno, ticket->enc_part.enctype, &entry));
    print_key("service-key", &entry.key);
}

static void record_answer(krb5_data *request, krb5_int32 flags, const char *name)
{
    krb5_ticket *ticket;
    krb5_flags options = 0;
    make_reply(accept_request(request, flags, &options, &ticket), name);
}

/* One AP-REQ, its authenticator as the service read it, and the AP-REP; all names begin with the prefix. */
static krb5_data record_exchange(krb5_creds *credentials, krb5_flags options, krb5_int32 flags, const char *prefix, krb5_ticket **ticket)
{
    krb5_auth_context auth = new_auth(flags);
    krb5_data request = { 0 };
    krb5_flags received = 0;
    check("mk_req", krb5_mk_req_extended(context, &auth, options | AP_OPTS_MUTUAL_REQUIRED, NULL, credentials, &request));
    auth = accept_request(&request, 0, &received, ticket);
    print_authenticator(auth, prefix);
    print_bytes(joined(prefix, "ap-req"), request.data, request.length);
    record_answer(&request, flags, prefix[0] ? "bare-ap-rep" : "ap-rep");
    return request;
}

static void record(char **argv)
{
    krb5_creds *credentials = ticket_for(argv[2]);
    krb5_ticket *ticket;
    print_number("recorded", (long long)time(NULL));
    krb5_data request = record_exchange(credentials, AP_OPTS_USE_SUBKEY, KRB5_AUTH_CONTEXT_DO_SEQUENCE, "", &ticket);
    record_answer(&request, KRB5_AUTH_CONTEXT_DO_SEQUENCE | KRB5_AUTH_CONTEXT_USE_SUBKEY, "acceptor-ap-rep");
    record_exchange(credentials, 0, 0, "bare-", &ticket);
    printf("realm = %.*s\n", (int)ticket->server->realm.length, ticket->server->realm.data);
    print_ticket(ticket);
    print_service_key(ticket);
    print_key("session-key", ticket->enc_part2->session);
}

int main(int argc, char **argv)
{
    check("init", krb5_init_context(&context));
    if (argc >= 3 && !strcmp(argv[1], "mk"))
        make(argc, argv);
    else if (argc >= 2 && !strcmp(argv[1], "rd"))
        read_request(argc, argv);
    else if (argc >= 3 && !strcmp(argv[1], "record"))
        record(argv);
    else {
        fprintf(stderr, "apreq mk SERVICE [subkey] [mutual] [sequence] | rd [subkey] [once] | record SERVICE\n");
        return 2;
    }
    return 0;
}
