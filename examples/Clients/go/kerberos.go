package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// Kerberos for gRPC by stock libraries: grpc-go and gokrb5. Proves the caller to Service ("HTTP/host"), and the service to the caller, with
// every unary call. Safe for goroutines. protos/README.md says what it sends and why.
type Kerberos struct {
	Login   *client.Client
	Service string
	mutex   sync.Mutex
	session *session
}

// session is what Establish made: its name, the subkey that the service asserted, and the number of the next MIC under it.
type session struct {
	id   []byte
	key  types.EncryptionKey
	next uint64
}

type sender func(ctx context.Context, method string, request, reply interface{}, more ...grpc.CallOption) error

// Intercept is for grpc.WithUnaryInterceptor.
func (k *Kerberos) Intercept(
	ctx context.Context, method string, request, reply interface{}, channel *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	send := func(ctx context.Context, method string, request, reply interface{}, more ...grpc.CallOption) error {
		return invoke(ctx, method, request, reply, channel, append(more, options...)...)
	}
	s, err := k.sessionAfter(nil, ctx, send)
	if err != nil {
		return err
	}
	unknown, err := s.call(ctx, method, request, reply, send)
	if unknown { // The service was restarted, or forgot it: nothing ran.
		if s, err = k.sessionAfter(s, ctx, send); err == nil {
			_, err = s.call(ctx, method, request, reply, send)
		}
	}
	return err
}

// sessionAfter gives a session other than the forgotten one. Once it is there the service is known to be genuine, and no request left before.
func (k *Kerberos) sessionAfter(forgotten *session, ctx context.Context, send sender) (*session, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.session != forgotten {
		return k.session, nil
	}
	ticket, key, err := k.Login.GetServiceTicket(k.Service)
	if err != nil {
		return nil, status.Errorf(codes.Unauthenticated, "no ticket for %s: %v. Next: klist, then kinit", k.Service, err)
	}
	asked := []int{gssapi.ContextFlagMutual, gssapi.ContextFlagInteg}
	token, err := spnego.NewKRB5TokenAPREQ(k.Login, ticket, key, asked, []int{flags.APOptionMutualRequired})
	if err != nil {
		return nil, err
	}
	ours, err := token.Marshal()
	if err != nil {
		return nil, err
	}
	var answer EstablishResponse
	if err = send(ctx, "/grpckerberos.v1.SessionService/Establish", &EstablishRequest{Token: ours}, &answer); err == nil {
		k.session, err = open(&answer, &token.APReq, key)
	}
	return k.session, err
}

// open does what gokrb5 leaves to us: only who opened our authenticator gives its time back, sealed with the ticket's session key.
func open(answer *EstablishResponse, request *messages.APReq, key types.EncryptionKey) (*session, error) {
	var token spnego.KRB5Token
	var reply messages.EncAPRepPart
	if err := request.DecryptAuthenticator(key); err != nil { // ours; gokrb5 keeps it nowhere else
		return nil, err
	}
	if token.Unmarshal(answer.Token) != nil || !token.IsAPRep() {
		return nil, notGenuine("its token is no answer")
	}
	plain, err := crypto.DecryptEncPart(token.APRep.EncPart, key, keyusage.AP_REP_ENCPART)
	ours := request.Authenticator
	if err != nil || reply.Unmarshal(plain) != nil || !reply.CTime.Equal(ours.CTime) || reply.Cusec != ours.Cusec {
		return nil, notGenuine("its token does not answer ours")
	}
	if len(reply.Subkey.KeyValue) == 0 || len(answer.Session) != 16 { // gokrb5's authenticator has no subkey, so the service must have one
		return nil, notGenuine("it established no session")
	}
	return &session{answer.Session, reply.Subkey, uint64(ours.SeqNumber)}, nil
}

// call sends a request with its proof, and looks at the service's before anybody looks at the reply.
func (s *session) call(ctx context.Context, method string, request, reply interface{}, send sender) (unknown bool, err error) {
	t := uint64(time.Now().UnixNano() / 1000)
	n := atomic.AddUint64(&s.next, 1) - 1
	covered := octets([]byte("grpc-kerberos-1 call\x00"), s.id, t, uint16(len(method)), []byte(method), [5]byte{}) // no channel binding, no token
	mic := s.mic(n, gssapi.MICTokenFlagAcceptorSubkey, keyusage.GSSAPI_INITIATOR_SIGN, covered)
	proof := fmt.Sprintf("Kerberos session=%s, t=%d, mic=%s", base64url.EncodeToString(s.id), t, base64url.EncodeToString(mic))

	var header, trailer metadata.MD
	err = send(metadata.AppendToOutgoingContext(ctx, "authorization", proof), method, request, reply, grpc.Header(&header), grpc.Trailer(&trailer))
	answer := metadata.Join(header, trailer)
	if given := parameter(answer, "authentication-info", "mic"); given != "" || !unproved[status.Code(err)] {
		theirs, _ := base64url.DecodeString(given)
		covered = octets([]byte("grpc-kerberos-1 reply\x00"), uint16(len(mic)), mic, [4]byte{}) // no token
		const flags = gssapi.MICTokenFlagAcceptorSubkey | gssapi.MICTokenFlagSentByAcceptor
		if !hmac.Equal(theirs, s.mic(n, flags, keyusage.GSSAPI_ACCEPTOR_SIGN, covered)) {
			return false, notGenuine("its answer carries no proof that fits this call")
		}
		return false, err
	}
	return status.Code(err) == codes.Unauthenticated && parameter(answer, "www-authenticate", "error") == "SESSION_UNKNOWN", err
}

var base64url = base64.RawURLEncoding

// unproved is what proxies and the channel itself say. Every other status, OK above all, counts only where the service proved that it spoke.
var unproved = map[codes.Code]bool{
	codes.Unavailable: true, codes.DeadlineExceeded: true, codes.Canceled: true, codes.ResourceExhausted: true,
	codes.Internal: true, codes.Unknown: true, codes.Unimplemented: true, codes.Unauthenticated: true,
}

func (s *session) mic(n uint64, flags byte, usage uint32, covered []byte) []byte {
	token := gssapi.MICToken{Flags: flags, SndSeqNum: n, Payload: covered}
	if err := token.SetChecksum(s.key, usage); err != nil {
		panic(err) // an enctype that made the session but is none of gokrb5's
	}
	octets, _ := token.Marshal()
	return octets
}

func octets(parts ...interface{}) []byte {
	var all bytes.Buffer
	for _, part := range parts {
		binary.Write(&all, binary.BigEndian, part)
	}
	return all.Bytes()
}

func parameter(answer metadata.MD, key, name string) string {
	for _, value := range answer.Get(key) {
		for _, pair := range strings.Split(strings.TrimPrefix(value, "Kerberos "), ",") {
			if pair = strings.TrimSpace(pair); strings.HasPrefix(pair, name+"=") {
				return pair[len(name)+1:]
			}
		}
	}
	return ""
}

func notGenuine(why string) error {
	return status.Errorf(codes.Unauthenticated, "the service is not genuine: %s. Next: see who listens there", why)
}
