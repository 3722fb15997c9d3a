/*
 * A stock GSS-API peer on MIT's krb5 mechanism: establishes a context, then makes and judges MICs for as long as it is asked.
 *
 *   gsspeer init SERVICE@HOST [mutual] [spnego] [cb=HEX]
 *                                                   prints "token = HEX"; with "mutual" or "spnego" reads one line, the answer
 *   gsspeer accept [cb=HEX]                         reads one line, the token; prints "client = NAME" and "token = HEX" (may be empty)
 *
 * "cb" is the application data of the channel bindings. Then "ready = FLAGS" (GSS flags, decimal), and for each line read:
 *   mic HEX             ->  mic = HEX               gss_get_mic over the bytes
 *   verify HEX MICHEX   ->  verified = 0            gss_verify_mic; the number is GSS_SUPPLEMENTARY_INFO (2 replay, 16 gap)
 * An empty message is written "-". Failure: "error = WHERE MAJOR MINOR TEXT" and exit 1; after "ready" a bad MIC is an
 * "error" line too, and the peer goes on.
 */
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char line[1 << 20];

static void complain(const char *where, OM_uint32 major, OM_uint32 minor)
{
    OM_uint32 ignored, more = 0;
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    gss_display_status(&ignored, minor ? minor : major, minor ? GSS_C_MECH_CODE : GSS_C_GSS_CODE, GSS_C_NO_OID, &more, &text);
    printf("error = %s %u %u %.*s\n", where, major >> GSS_C_ROUTINE_ERROR_OFFSET, minor, (int)text.length, (char *)text.value);
    fflush(stdout);
}

static void check(const char *where, OM_uint32 major, OM_uint32 minor)
{
    if (!GSS_ERROR(major))
        return;
    complain(where, major, minor);
    exit(1);
}

static void print_bytes(const char *name, gss_buffer_desc bytes)
{
    printf("%s = ", name);
    for (size_t i = 0; i < bytes.length; i++)
        printf("%02x", ((const unsigned char *)bytes.value)[i]);
    printf("\n");
    fflush(stdout);
}

static gss_buffer_desc from_hex(const char *text)
{
    gss_buffer_desc bytes;
    bytes.length = strspn(text, "0123456789abcdefABCDEF") / 2;
    bytes.value = calloc(1, bytes.length + 1);
    for (size_t i = 0; i < bytes.length; i++) {
        unsigned value = 0;
        sscanf(text + 2 * i, "%2x", &value);
        ((unsigned char *)bytes.value)[i] = (unsigned char)value;
    }
    return bytes;
}

static gss_buffer_desc read_hex_line(void)
{
    if (!fgets(line, sizeof line, stdin)) {
        printf("error = stdin 0 0 a line of hex was expected\n");
        exit(2);
    }
    return from_hex(line);
}

static gss_channel_bindings_t bindings(int argc, char **argv)
{
    static struct gss_channel_bindings_struct found;
    for (int i = 2; i < argc; i++)
        if (!strncmp(argv[i], "cb=", 3)) {
            found.application_data = from_hex(argv[i] + 3);
            return &found;
        }
    return GSS_C_NO_CHANNEL_BINDINGS;
}

static gss_ctx_id_t initiate(int argc, char **argv, OM_uint32 *flags)
{
    OM_uint32 major, minor, wanted = GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG;
    gss_ctx_id_t peer = GSS_C_NO_CONTEXT;
    gss_name_t service;
    gss_OID_desc spnego = { 6, "\x2b\x06\x01\x05\x05\x02" };
    gss_OID mechanism = (gss_OID)gss_mech_krb5;
    gss_buffer_desc name = { strlen(argv[2]), argv[2] }, answer = GSS_C_EMPTY_BUFFER, token = GSS_C_EMPTY_BUFFER;
    for (int i = 3; i < argc; i++)
        if (!strcmp(argv[i], "mutual"))
            wanted |= GSS_C_MUTUAL_FLAG;
        else if (!strcmp(argv[i], "spnego"))
            mechanism = &spnego;
    major = gss_import_name(&minor, &name, GSS_C_NT_HOSTBASED_SERVICE, &service);
    check("import_name", major, minor);
    do {
        major = gss_init_sec_context(&minor, GSS_C_NO_CREDENTIAL, &peer, service, mechanism, wanted, 0,
                                     bindings(argc, argv), &answer, NULL, &token, flags, NULL);
        check("init", major, minor);
        if (token.length)
            print_bytes("token", token);
        if (major == GSS_S_CONTINUE_NEEDED)
            answer = read_hex_line();
    } while (major == GSS_S_CONTINUE_NEEDED);
    return peer;
}

static gss_ctx_id_t accept_peer(int argc, char **argv, OM_uint32 *flags)
{
    OM_uint32 major, minor;
    gss_ctx_id_t peer = GSS_C_NO_CONTEXT;
    gss_name_t client;
    gss_buffer_desc token = read_hex_line(), answer = GSS_C_EMPTY_BUFFER, name = GSS_C_EMPTY_BUFFER;
    major = gss_accept_sec_context(&minor, &peer, GSS_C_NO_CREDENTIAL, &token, bindings(argc, argv), &client, NULL,
                                   &answer, flags, NULL, NULL);
    check("accept", major, minor);
    major = gss_display_name(&minor, client, &name, NULL);
    check("display_name", major, minor);
    printf("client = %.*s\n", (int)name.length, (char *)name.value);
    print_bytes("token", answer);
    return peer;
}

static void answer_line(gss_ctx_id_t peer)
{
    OM_uint32 major, minor;
    char *verb = strtok(line, " \r\n"), *first = strtok(NULL, " \r\n"), *second = strtok(NULL, " \r\n");
    gss_buffer_desc message = from_hex(first ? first : ""), mic = from_hex(second ? second : "");
    if (verb && !strcmp(verb, "mic")) {
        major = gss_get_mic(&minor, peer, GSS_C_QOP_DEFAULT, &message, &mic);
        if (GSS_ERROR(major))
            complain("get_mic", major, minor);
        else
            print_bytes("mic", mic);
    } else if (verb && !strcmp(verb, "verify")) {
        major = gss_verify_mic(&minor, peer, &message, &mic, NULL);
        if (GSS_ERROR(major))
            complain("verify_mic", major, minor);
        else
            printf("verified = %u\n", GSS_SUPPLEMENTARY_INFO(major));
    } else {
        printf("error = command 0 0 mic HEX or verify HEX MICHEX was expected\n");
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    OM_uint32 flags = 0;
    gss_ctx_id_t peer;
    if (argc >= 3 && !strcmp(argv[1], "init"))
        peer = initiate(argc, argv, &flags);
    else if (argc >= 2 && !strcmp(argv[1], "accept"))
        peer = accept_peer(argc, argv, &flags);
    else {
        fprintf(stderr, "gsspeer init SERVICE@HOST [mutual] [spnego] [cb=HEX] | accept [cb=HEX]\n");
        return 2;
    }
    printf("ready = %u\n", flags);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin))
        answer_line(peer);
    return 0;
}
