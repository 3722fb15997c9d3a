module greeter

go 1.19

require (
	github.com/golang/protobuf v1.5.4
	github.com/jcmturner/gokrb5/v8 v8.4.4
	google.golang.org/grpc v1.33.3
)
