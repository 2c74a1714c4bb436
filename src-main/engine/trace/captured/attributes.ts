// The attributes that mark a span as a call that went through the gateway.

/** The call's id. */
export const capturedKey = 'atelier.call';
