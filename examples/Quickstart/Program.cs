using Quickstart;

// A realm, a service and a client in one process: what happens in a call, what is refused, and why.
await using var stage = await Stage.SetAsync();
var story = new Story(stage);
await story.TellAsync();
return story.AllAsExpected ? 0 : 1;
